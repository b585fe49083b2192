import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type PactFile, parsedPact } from '../contracts/pact-file.js';

/** A pact, and what its file has, byte by byte. */
export interface FoundPact {
  readonly pact: PactFile;
  readonly bytes: Buffer;
}

/** The pacts in a folder of contracts, by file name; none where there is no such folder. @throws ConfigurationError when one cannot be read */
export async function pactsIn(contracts: string): Promise<PactFile[]> {
  return (await foundPactsIn(contracts)).map(({ pact }) => pact);
}

/** As {@link pactsIn}, with their bytes. */
export async function foundPactsIn(contracts: string): Promise<FoundPact[]> {
  const folder = join(contracts, 'pacts');
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const files = names.filter((name) => name.endsWith('.json')).toSorted();
  return Promise.all(files.map((name) => pactIn(join(folder, name))));
}

async function pactIn(file: string): Promise<FoundPact> {
  const bytes = await readFile(file);
  return { pact: parsedPact(bytes.toString('utf8'), file), bytes };
}
