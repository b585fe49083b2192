import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../packages/framework/src/testing/seeded-random.ts';
import { CAFE, auditCafe } from './cafe-audit.ts';
import { CrashLab } from './crash-lab.ts';
import { Customers } from './customers.ts';
import type { HostProcess } from './host-process.ts';
import { PROCESSES, type Round, randomRounds } from './random-deaths.ts';

const SEED = Number(process.env['CRASH_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const ROUNDS = Number(process.env['CRASH_ROUNDS'] ?? 50);
const AUDIT_EVERY = 10;
/** How long a victim may go on after its round's orders before it is killed from outside. */
const GRACE_MS = 300;

describe(`kill -9 at ${ROUNDS} random points of the cafe (CRASH_SEED=${SEED})`, { timeout: 300_000 }, () => {
  const rounds = randomRounds(ROUNDS, seededRandom(SEED));
  const hosts: HostProcess[] = [];
  const deaths: string[] = [];
  let lab: CrashLab;

  beforeAll(async () => {
    lab = await CrashLab.open(...CAFE);
    hosts.push(...(await Promise.all(PROCESSES.map((services) => lab.start(services)))));
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  /** One that has loaded everything and waits for its turn: starting it takes a moment only. */
  const successorOf = (round: Round | undefined) =>
    round &&
    lab.spawn(PROCESSES[round.process]!, { waits: true, ...(round.atStart && { death: round.atStart }) });

  /** Lets the victim die where it shall, or at last from outside. */
  async function dies(victim: HostProcess, { death }: Round, traffic: Promise<void>): Promise<string> {
    const patience = typeof death === 'number' ? pause(death) : traffic.then(() => pause(GRACE_MS));
    await Promise.race([victim.ended, patience]);
    if (victim.isAlive) await victim.kill();
    await victim.ended;
    return victim.killedItself ?? 'from outside';
  }

  /** Starts the successor; if it dies over that, another one. */
  async function follows(successor: HostProcess, round: Round): Promise<HostProcess> {
    await successor.told('loaded');
    successor.go();
    if (!round.atStart) {
      await successor.told('ready');
      return successor;
    }
    deaths.push(`${await successor.died()} (at the start)`);
    return lab.start(PROCESSES[round.process]!);
  }

  it('what was promised is kept; every event takes effect exactly once, in order, and none is lost', async () => {
    const customers = new Customers(lab.url('order'), seededRandom(SEED + 1));
    const audit = async () => expect((await auditCafe(lab.engines, customers.promised)).findings).toEqual([]);
    let next = successorOf(rounds[0]);
    for (const [index, round] of rounds.entries()) {
      const successor = next!;
      next = successorOf(rounds[index + 1]);
      const victim = hosts[round.process]!;
      if (typeof round.death !== 'number') await victim.dieAt(round.death);
      const traffic = customers.comeAndGo();
      deaths.push(await dies(victim, round, traffic));
      hosts[round.process] = await follows(successor, round);
      await traffic;
      if ((index + 1) % AUDIT_EVERY === 0) await audit();
    }
    await customers.comeAndGo();
    await audit();
    expect(customers.promised.placed.size).toBeGreaterThan(ROUNDS / 2);
    expect(deaths.length).toBeGreaterThanOrEqual(ROUNDS);
    console.log(`CRASH_SEED=${SEED}: ${customers.summary}; ${summaryOf(deaths)}`);
  });
});

function summaryOf(deaths: readonly string[]): string {
  const counts = Map.groupBy(deaths, (where) => where);
  const most = [...counts].toSorted(([, a], [, b]) => b.length - a.length);
  return `${deaths.length} deaths: ${most.map(([where, all]) => `${all.length} ${where}`).join(', ')}`;
}
