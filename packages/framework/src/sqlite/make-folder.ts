import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** Level by level: Node's own `recursive` goes round for ever where a folder cannot be made in one that is there. */
export function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // another process may have been faster
    if (!existsSync(path)) throw error;
  }
}
