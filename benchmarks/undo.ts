// What it costs that a call is undone unless its work is committed, beside a call that is not, and beside a sale that is saved as pending
// first: npm run bench:undo [seconds of each load]. On SQLite, and on PostgreSQL where there is Docker.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import autocannon from 'autocannon';
import { noContainers } from '../packages/framework/test/containers/containers.ts';
import { postgresUrl, startPostgres } from '../packages/framework/test/containers/postgres.ts';

const seconds = Number(process.argv[2] ?? 4);
const ROUNDS = 3;
const headers = { 'content-type': 'application/json', accept: 'application/json' };
const body = JSON.stringify({ what: 'tea' });
const children: ChildProcess[] = [];
const folder = mkdtempSync(join(tmpdir(), 'skanu-undo-'));

try {
  await measured('SQLite', {});
  if (noContainers) console.log(`PostgreSQL: skipped, ${noContainers}`);
  else {
    await using postgres = await startPostgres();
    await measured('PostgreSQL', { DATABASE_URL: postgresUrl(postgres.port) });
    for (const child of children.splice(0)) child.kill('SIGKILL');
  }
} finally {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}

async function measured(engine: string, database: Readonly<Record<string, string>>): Promise<void> {
  const data = { DATA_DIR: join(folder, engine), PORT: '0', LOG_LEVEL: 'warn' };
  const bank = await started('bank', data);
  const shop = await started('shop', { ...data, ...database, BANK_URL: bank });
  for (const connections of [1, 16]) {
    const rates = new Map<string, number[]>();
    for (let round = 0; round < ROUNDS; round++) {
      for (const way of ['plain', 'undone', 'pending'] as const) {
        const rate =
          way === 'pending' ? await pending(shop, connections) : await posts(shop, way, connections);
        rates.set(way, [...(rates.get(way) ?? []), rate]);
      }
    }
    const median = (way: string) => rates.get(way)!.toSorted((a, b) => a - b)[ROUNDS >> 1]!;
    const plain = median('plain');
    const line = ['plain', 'undone', 'pending'].map((way) => {
      const ms = (1000 * connections) / median(way);
      return `${way} ${median(way).toFixed(0)}/s (${ms.toFixed(2)} ms each, ${(median(way) / plain).toFixed(2)})`;
    });
    console.log(`${engine}, ${connections} at once: ${line.join(', ')}`);
  }
}

async function posts(shop: string, collection: string, connections: number): Promise<number> {
  const url = `${shop}/${collection}`;
  const { requests, non2xx } = await autocannon({
    url,
    method: 'POST',
    connections,
    duration: seconds,
    headers,
    body,
  });
  if (non2xx > 0) throw new Error(`${non2xx} requests of ${url} failed`);
  return requests.average;
}

/** Two requests for each sale: the second one pays and confirms. */
async function pending(shop: string, connections: number): Promise<number> {
  let sales = 0;
  const end = performance.now() + seconds * 1000;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() < end) {
        const saved = await fetch(`${shop}/pending`, { method: 'POST', headers, body });
        const { id } = (await saved.json()) as { id: number };
        const paid = await fetch(`${shop}/pending/${id}/pay`, { method: 'PUT', headers });
        await paid.text();
        if (!paid.ok) throw new Error(`paying is answered with ${paid.status}`);
        sales++;
      }
    }),
  );
  return sales / seconds;
}

async function started(
  service: 'bank' | 'shop',
  settings: Readonly<Record<string, string>>,
): Promise<string> {
  const child = fork(resolve(import.meta.dirname, 'undo/host.ts'), [service], {
    env: { ...process.env, ...settings },
    // decorators are more than Node strips
    execArgv: ['--import', '@oxc-node/core/register'],
  });
  children.push(child);
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  return url;
}
