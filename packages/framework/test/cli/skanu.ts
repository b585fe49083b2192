import { Writable } from 'node:stream';
import { runCli } from '../../src/cli/cli.js';
import type { Environment } from '../../src/service/settings.js';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command in this process. */
export function skanu(...words: string[]): Promise<Ran> {
  return skanuWith({}, ...words);
}

/** The same with settings. */
export async function skanuWith(environment: Environment, ...words: string[]): Promise<Ran> {
  const texts = { out: '', err: '' };
  const into = (name: 'out' | 'err') =>
    new Writable({
      write(chunk, _encoding, done) {
        texts[name] += String(chunk);
        done();
      },
    });
  const code = await runCli(words, { environment, out: into('out'), err: into('err') });
  return { code, ...texts };
}
