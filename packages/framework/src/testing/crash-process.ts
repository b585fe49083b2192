import { writeSync } from 'node:fs';

/**
 * Kills this process as `kill -9` does: no handler runs, no buffer is flushed, nothing is closed. First it says where on
 * stderr, so that who watches can tell this death from any other.
 */
export function crashProcess(where: string): never {
  writeSync(2, `kill -9 ${where}\n`);
  process.kill(process.pid, 'SIGKILL');
  // the signal is fatal before the call returns; should a system be slower, not even one more statement may run
  for (;;);
}
