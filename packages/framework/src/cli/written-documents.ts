import { mkdir, readFile, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { CONTEXT_MAP, servicesOnMap } from '../contracts/documents/context-map.js';
import type { GeneratedDocument } from '../contracts/documents/document.js';
import { GENERATED_FOLDERS, leftOver, writtenServices } from '../contracts/documents/left-over.js';

/** Where documents are written. */
export interface DocumentFolders {
  readonly contracts: string;
  readonly docs: string;
}

/** What is to be done to a file, so that it says what the services declare. */
export interface FileChange {
  /** From the working folder. */
  readonly file: string;
  readonly kind: 'missing' | 'differs' | 'left over';
  /** What it is to say; undefined: it is to go. */
  readonly text: string | undefined;
}

/** Services that documents were written of before. */
export interface DocumentedServices {
  /** That the pages of all services were made of. */
  readonly onPages: readonly string[];
  /** That have documents of their own in the folder of contracts. */
  readonly withDocuments: readonly string[];
}

export async function documentedServices({ contracts, docs }: DocumentFolders): Promise<DocumentedServices> {
  const map = await textOf(join(docs, CONTEXT_MAP));
  return {
    onPages: map === undefined ? [] : servicesOnMap(map),
    withDocuments: writtenServices(await machineReadable(contracts)),
  };
}

/**
 * What the files lack; none: they are as they should be. Nothing is changed.
 * @param services that the documents are of, and those that are no more: what is left over of others stays
 */
export async function changesNeeded(
  documents: readonly GeneratedDocument[],
  folders: DocumentFolders,
  services: readonly string[],
): Promise<FileChange[]> {
  const compared = await Promise.all(
    documents.map(async ({ folder, path, text }): Promise<FileChange[]> => {
      const file = shown(join(folders[folder], path));
      const now = await textOf(file);
      if (now === text) return [];
      return [{ file, kind: now === undefined ? 'missing' : 'differs', text }];
    }),
  );
  const paths = documents.filter(({ folder }) => folder === 'contracts').map(({ path }) => path);
  const gone = leftOver(await machineReadable(folders.contracts), paths, services);
  return [
    ...compared.flat(),
    ...gone.map((path): FileChange => ({
      file: shown(join(folders.contracts, path)),
      kind: 'left over',
      text: undefined,
    })),
  ];
}

/** Makes the changes, one after the other; run again, it goes on where it was interrupted. */
export async function makeChanges(changes: readonly FileChange[]): Promise<void> {
  for (const { file, text } of changes) {
    if (text === undefined) await removeFile(file);
    else {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
  }
}

/** With its folder, when that is empty then. */
async function removeFile(file: string): Promise<void> {
  await rm(file);
  await rmdir(dirname(file)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
}

/** The JSON files that lie where generated ones do, by path. */
async function machineReadable(contracts: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const [folder, depth] of GENERATED_FOLDERS) {
    const names = await namesIn(join(contracts, folder), depth);
    for (const name of names.toSorted()) {
      const text = await textOf(join(contracts, folder, name));
      if (text !== undefined) found.set(`${folder}/${name}`, text);
    }
  }
  return found;
}

/** Files ending in `.json`, so many folders deep. */
async function namesIn(folder: string, depth: number): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const inside = await Promise.all(
    entries.map(async (entry) => {
      if (entry.isFile() && entry.name.endsWith('.json')) return [entry.name];
      if (!entry.isDirectory() || depth === 0) return [];
      const names = await namesIn(join(folder, entry.name), depth - 1);
      return names.map((name) => `${entry.name}/${name}`);
    }),
  );
  return inside.flat();
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function shown(file: string): string {
  return relative(process.cwd(), file);
}
