import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { lockText, parsedLock } from '../contracts/compatibility/contracts-lock.js';
import type { LockedContract } from '../contracts/compatibility/locked-contract.js';
import { ConfigurationError } from '../kernel/errors/start-errors.js';

/** Where the lock is. */
export function lockFile(contracts: string): string {
  return join(contracts, 'contracts.lock');
}

/** What was released; undefined: nothing yet. @throws ConfigurationError when the file is no lock, or is gone */
export async function lockIn(contracts: string): Promise<LockedContract[] | undefined> {
  const file = lockFile(contracts);
  try {
    return parsedLock(await readFile(file, 'utf8'), file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    // something was released: a new lock would take in whatever was broken since
    const samples = join(contracts, 'events', 'samples');
    if ((await readdir(samples).catch(() => [])).length > 0)
      throw new ConfigurationError(
        `${file} is gone, and ${samples} has events that were released with it`,
        'Take it back from the history of the repository. To begin anew, take the samples away too.',
        error,
      );
    return undefined;
  }
}

/** Writes the lock: all of it or nothing. @returns whether it was another one before */
export async function writeLock(contracts: string, locked: readonly LockedContract[]): Promise<boolean> {
  const file = lockFile(contracts);
  const text = lockText(locked);
  const before = await readFile(file, 'utf8').catch(() => undefined);
  if (before === text) return false;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
  return true;
}
