import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../packages/framework/src/testing/seeded-random.ts';
import type { ServiceName } from '../../scripts/cafe-services.ts';
import { auditCafe } from '../crash/cafe-audit.ts';
import { fullCafe } from './engine-choice.ts';
import { type ServerFault, serverFaults } from './faults.ts';
import { Fleet } from './fleet.ts';
import { processFaults } from './process-faults.ts';
import { throughAgain } from './recovery.ts';
import { Servers } from './servers.ts';
import { Balancer } from './balancer.ts';
import { Traffic } from './traffic.ts';

export interface SoakOptions {
  readonly durationMs: number;
  /** Requests in a second: four of five place an order, the others cancel one. */
  readonly rate: number;
  readonly seed: number;
  readonly faultEveryMs: number;
  /** Processes of each service. */
  readonly replicas: number;
  /** Ends it early; the audit follows all the same. */
  readonly signal?: AbortSignal;
  /** Hears what happens. */
  readonly say: (line: string) => void;
}

export interface SoakReport {
  /** What is wrong; empty when all is well. */
  readonly findings: readonly string[];
  readonly lines: readonly string[];
}

const COLLECTIONS: readonly [ServiceName, string][] = [
  ['order', 'orders'],
  ['payment', 'payments'],
  ['delivery', 'deliveries'],
  ['trace', 'orderTraces'],
  ['message', 'messages'],
];

/** The whole cafe under load, while one thing after the other happens to it; then an audit of every order through every service. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { rate, seed, replicas, say } = options;
  const random = seededRandom(seed);
  say('starting Kafka, PostgreSQL, MariaDB and the cafe');
  await using servers = await Servers.start('kafka', 'postgres', 'mariadb');
  await using postgres = await Balancer.listen(() => [servers.container('postgres').port]);
  await using mariadb = await Balancer.listen(() => [servers.container('mariadb').port]);
  await using fleet = await Fleet.open({
    choice: fullCafe(servers),
    replicas,
    ports: { postgres: postgres.port, mariadb: mariadb.port },
  });
  await throughAgain(fleet, 30_000);
  const faults = [
    serverFaults({ servers, before: { postgres, mariadb }, pauseMs: 4_000 }),
    ...fleet.services.map((name) => processFaults(fleet, name, random)),
  ];

  const begin = performance.now();
  const traffic = new Traffic({ url: fleet.url('order'), rate, random });
  traffic.start();
  let happened: Map<string, number>;
  try {
    happened = await happenings(faults, random, options);
  } finally {
    await traffic.stop();
  }
  const seconds = (performance.now() - begin) / 1000;
  say('the load is over; waiting for what is on its way');
  const recoveredMs = await throughAgain(fleet, 60_000);
  const audit = await auditCafe(fleet.engines, traffic.promised, 300_000);
  const totals = await Promise.all(
    COLLECTIONS.map(async ([name, collection]) => [name, await total(`${fleet.url(name)}/${collection}`)]),
  );
  const byHttp = Object.fromEntries(totals) as Record<ServiceName, number>;
  const { orders, cancelled, undone, repeated } = audit;
  const paid = orders + undone;
  const wrong = [
    ['order', orders],
    ['payment', paid],
    ['delivery', paid],
    ['trace', paid],
    ['message', 2 * (paid + cancelled + undone)],
  ].filter(([name, expected]) => byHttp[name as ServiceName] !== expected);
  return {
    findings: [
      ...audit.findings,
      ...traffic.odd.slice(0, 5).map((answer) => `an answer that nothing explains: ${answer}`),
      ...wrong.map(
        ([name, expected]) =>
          `${name} shows ${byHttp[name as ServiceName]} rows over HTTP where ${expected} are right`,
      ),
    ],
    lines: [
      `${seconds.toFixed(0)} s at ${rate}/s, ${replicas} processes of each service, seed ${seed}`,
      traffic.summary,
      ...[...happened].map(([what, times]) => `${times} × ${what}`),
      `an order went all its way ${Math.round(recoveredMs)} ms after the load was over`,
      `${orders} orders (${cancelled} cancelled), each with one payment, one delivery, one trace, and its messages`,
      `${repeated} records were published again, and took effect once`,
      `${undone} payments were taken back: order was killed, lost its database or did not wait any longer, between payment's commit and its own`,
    ],
  };
}

/** Lets one thing after the other happen until the time is over; tells what did, and how often. */
async function happenings(
  faults: readonly (readonly ServerFault[])[],
  random: () => number,
  { durationMs, faultEveryMs, signal, say }: SoakOptions,
): Promise<Map<string, number>> {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const counts = new Map<string, number>();
  const begin = performance.now();
  for (let round = 1; ; round++) {
    await until(Math.min(begin + round * faultEveryMs, begin + durationMs), signal);
    if (signal?.aborted || performance.now() - begin >= durationMs - faultEveryMs / 2) break;
    // the servers are as likely to be hit as any service is
    const fault = pick(pick(faults));
    const { what } = fault;
    say(`${((performance.now() - begin) / 1000).toFixed(0)} s: ${what}`);
    counts.set(what, (counts.get(what) ?? 0) + 1);
    await fault.happen();
  }
  await until(begin + durationMs, signal);
  return counts;
}

async function until(time: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(Math.max(0, time - performance.now()), undefined, signal && { signal }).catch(() => {});
}

async function total(url: string): Promise<number> {
  const page = (await (await fetch(`${url}?size=1`)).json()) as { page: { totalElements: number } };
  return page.page.totalElements;
}
