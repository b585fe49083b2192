import { globSync } from 'node:fs';
import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { runCli } from '#framework/cli/cli';

const WRITE = 'npm run contracts:write';

it(`the committed documents of the cafe are what its services say today, or else: ${WRITE}`, async () => {
  const modules = globSync('packages/cafe-*/src/service.ts').toSorted();
  expect(modules).toHaveLength(6);
  let said = '';
  const into = new Writable({
    write(chunk, _encoding, done) {
      said += String(chunk);
      done();
    },
  });
  const words = ['contracts', 'write', ...modules, '--docs', 'docs/reference', '--check'];
  const code = await runCli(words, { environment: {}, out: into, err: into });
  expect(code, `${said}\nIf that is what you meant: ${WRITE}`).toBe(0);
});
