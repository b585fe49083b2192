// Packs the framework as it would be published, and uses it as a stranger would: in an empty project of its own.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const framework = resolve(import.meta.dirname, '..', 'packages', 'framework');
const folder = mkdtempSync(join(tmpdir(), 'skanu-package-'));
const run = (command: string, args: string[], cwd: string) =>
  execFileSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });

const stranger = `
import { Aggregate, AggregateRoot, defineService, startService } from '@skanu/framework';
import { storeConformance } from '@skanu/framework/testing';
import { z } from 'zod';

class Thing extends AggregateRoot(z.object({ name: z.string() })) {}
Aggregate({ collection: 'things' })(Thing);
const service = await startService(defineService({ name: 'stranger', port: 0, aggregates: [Thing] }), {
  environment: { PORT: '0', DATA_DIR: 'data', LOG_LEVEL: 'warn' },
});
const made = await fetch(service.url + '/things', {
  method: 'POST',
  headers: { 'content-type': 'application/json', accept: 'application/json' },
  body: JSON.stringify({ name: 'one' }),
});
const body = await made.json();
await service.stop();
if (made.status !== 201 || body.id !== 1 || typeof storeConformance !== 'function') throw new Error('made ' + made.status + ' ' + JSON.stringify(body));
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
  writeFileSync(join(folder, 'main.js'), stranger);
  run('npm', ['install', '--no-audit', '--no-fund', '--silent', '--ignore-scripts', tarball], folder);
  run(process.execPath, ['main.js'], folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
