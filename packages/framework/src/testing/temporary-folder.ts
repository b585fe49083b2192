import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that is gone with all that is in it when its scope ends. */
export interface TemporaryFolder extends Disposable {
  readonly path: string;
}

/** Makes a folder of its own for a test. @example using folder = temporaryFolder(); */
export function temporaryFolder(): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), 'skanu-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }) };
}
