import { Writable } from 'node:stream';
import { runCli } from '../../src/cli/cli.js';

/** Runs the command in this process. */
export async function skanu(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const texts = { out: '', err: '' };
  const into = (name: 'out' | 'err') =>
    new Writable({
      write(chunk, _encoding, done) {
        texts[name] += String(chunk);
        done();
      },
    });
  const code = await runCli(words, { environment: {}, out: into('out'), err: into('err') });
  return { code, ...texts };
}
