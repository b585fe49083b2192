// Packs the framework as it would be published, and uses it as a stranger would: in an empty project of its own.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const framework = resolve(import.meta.dirname, '..', 'packages', 'framework');
const folder = mkdtempSync(join(tmpdir(), 'skanu-package-'));
const run = (command: string, args: string[], cwd: string) =>
  execFileSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });

const definition = `
import { Aggregate, AggregateRoot, defineService } from '@skanu/framework';
import { z } from 'zod';

class Thing extends AggregateRoot(z.object({ name: z.string() })) {}
Aggregate({ collection: 'things' })(Thing);
export const stranger = defineService({ name: 'stranger', port: 0, aggregates: [Thing] });
`;

const main = `
import { startService } from '@skanu/framework';
import { storeConformance } from '@skanu/framework/testing';
import { stranger } from './service.js';

const environment = { PORT: '0', DATA_DIR: 'data', LOG_LEVEL: 'warn' };
const service = await startService(stranger, { environment });
const made = await fetch(service.url + '/things', {
  method: 'POST',
  headers: { 'content-type': 'application/json', accept: 'application/json' },
  body: JSON.stringify({ name: 'one' }),
});
const body = await made.json();
await service.stop();
if (made.status !== 201 || body.id !== 1 || typeof storeConformance !== 'function') throw new Error('made ' + made.status + ' ' + JSON.stringify(body));

const refusals = [];
for (const url of [{ DATABASE_URL: 'postgres://localhost/db' }, { DATABASE_URL: 'mysql://localhost/db' }, { BROKER_URL: 'kafka://localhost' }])
  await startService(stranger, { environment: { ...environment, ...url } }).catch((error) => refusals.push(error.help));
if (refusals.map((help) => /npm install (\\w+)/.exec(help)?.[1]).join() !== 'pg,mysql2,kafkajs') throw new Error('missing drivers: ' + refusals);
console.log('the packed framework serves a stranger');
`;

try {
  run('pnpm', ['pack', '--pack-destination', folder], framework);
  const tarball = join(
    folder,
    readdirSync(folder).find((name) => name.endsWith('.tgz'))!,
  );
  run('publint', [tarball, '--strict'], framework);
  run('attw', [tarball, '--profile', 'esm-only'], framework);
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'stranger', private: true, type: 'module' }),
  );
  writeFileSync(join(folder, 'service.js'), definition);
  writeFileSync(join(folder, 'main.js'), main);
  run('npm', ['install', '--no-audit', '--no-fund', '--silent', '--ignore-scripts', tarball], folder);
  run(process.execPath, ['main.js'], folder);
  const skanu = (...words: string[]) =>
    execFileSync(join('node_modules', '.bin', 'skanu'), [...words, 'service.js'], {
      cwd: folder,
      encoding: 'utf8',
    });
  for (const [command, says] of [
    ['schema print', 'CREATE TABLE "things"'],
    ['check', '0 faults'],
    ['contracts write', 'contracts/http/stranger.openapi.json'],
  ] as const) {
    const said = skanu(...command.split(' '));
    if (!said.includes(says)) throw new Error(`skanu ${command} said: ${said}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
