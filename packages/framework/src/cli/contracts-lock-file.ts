import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { lockText, parsedLock } from '../contracts/compatibility/contracts-lock.js';
import type { LockedContract } from '../contracts/compatibility/locked-contract.js';

/** Where the lock is. */
export function lockFile(contracts: string): string {
  return join(contracts, 'contracts.lock');
}

/** What was released; undefined: nothing yet. @throws ConfigurationError when the file is no lock */
export async function lockIn(contracts: string): Promise<LockedContract[] | undefined> {
  const file = lockFile(contracts);
  try {
    return parsedLock(await readFile(file, 'utf8'), file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
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
