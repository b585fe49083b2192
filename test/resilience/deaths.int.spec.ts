import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../packages/framework/src/testing/seeded-random.ts';
import { CrashLab } from '../crash/crash-lab.ts';
import type { HostProcess } from '../crash/host-process.ts';
import type { Death } from '../crash/protocol.ts';
import { ordersOf, shopOf } from '../crash/shop-orders.ts';
import { placeOne, workingAgain } from './customers.ts';
import { FaultyLink } from './faulty-link.ts';

const SEED = Number(process.env['CRASH_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
/** Unset: all steps once. The long form is 100. */
const ROUNDS = process.env['CRASH_ROUNDS'] === undefined ? undefined : Number(process.env['CRASH_ROUNDS']);
/** A killed process has its calls undone when its requests are over. */
const REQUEST_MS = 1_500;
/** The requests, their commits, the claim of whoever died over an undo, and what a busy machine needs. */
const CLEAN_WITHIN_MS = REQUEST_MS + 2_000 + 15_000 + 8_000;

interface Step extends Omit<Death, 'side' | 'nth'> {
  /** What is going on: an order is placed, or the payment of one is undone because its answer was lost. */
  readonly scene: 'placing' | 'undoing' | 'undoing in vain';
}

/** Each step of an order that is paid, and of a payment that is undone. */
const STEPS: readonly Step[] = [
  { scene: 'placing', service: 'order', engine: 'store', point: 'intents.open' },
  { scene: 'placing', service: 'order', engine: 'store', point: 'commit', of: 'request' },
  { scene: 'placing', service: 'payment', engine: 'store', point: 'requests.find' },
  { scene: 'placing', service: 'payment', engine: 'store', point: 'commit', of: 'request' },
  { scene: 'placing', service: 'payment', engine: 'broker', point: 'publish' },
  { scene: 'undoing', service: 'order', engine: 'store', point: 'intents.abandon' },
  { scene: 'undoing', service: 'order', engine: 'store', point: 'intents.undone' },
  { scene: 'undoing', service: 'payment', engine: 'store', point: 'commit', of: 'withdrawal' },
  { scene: 'undoing in vain', service: 'order', engine: 'store', point: 'intents.failed' },
];
const DEATHS = STEPS.flatMap((step) => [
  { ...step, side: 'before' as const },
  { ...step, side: 'after' as const },
]);

describe(
  `kill -9 of order or payment at a step of a payment (CRASH_SEED=${SEED})`,
  { timeout: 90_000 },
  () => {
    const random = seededRandom(SEED);
    // each in turn, in another order each time
    const turns = Array.from({ length: Math.ceil((ROUNDS ?? 1) / DEATHS.length) }, () =>
      DEATHS.map((death) => ({ death, place: random() }))
        .toSorted((a, b) => a.place - b.place)
        .map(({ death }) => death),
    );
    const rounds = turns
      .flat()
      .slice(0, ROUNDS)
      .map((death, index) => ({ ...death, round: index + 1 }));
    const hosts = new Map<string, HostProcess>();
    const times: number[] = [];
    let lab: CrashLab;
    let link: FaultyLink;

    const start = async (service: string) => {
      const settings = { REQUEST_TIMEOUT_MS: String(REQUEST_MS), ...(link && { PAYMENT_URL: link.url }) };
      hosts.set(service, await lab.start([service], { settings }));
    };

    beforeAll(async () => {
      lab = await CrashLab.open('order', 'payment');
      await start('payment');
      link = await FaultyLink.open(Number(new URL(lab.url('payment')).port), random);
      await start('order');
    }, 60_000);
    afterAll(async () => {
      const sorted = times.toSorted((a, b) => a - b);
      console.log(
        `${times.length} deaths; until an order is placed again and payments equal orders: median ${sorted[sorted.length >> 1]?.toFixed(0)} ms, longest ${sorted.at(-1)?.toFixed(0)} ms`,
      );
      await link?.[Symbol.asyncDispose]();
      await lab?.[Symbol.asyncDispose]();
    });

    it.each(rounds)(
      'round $round, $scene, $side $point of $service: no payment without its order, none twice, no order without its payment',
      async ({ scene, service, engine, side, point, of }) => {
        const death: Death = { service, engine, side, point, ...(of && { of }) };
        const victim = hosts.get(service)!;
        const before = new Set(await ordersOf(lab));
        await victim.dieAt(death);
        if (scene !== 'placing') await link.become('cut after the request');
        const answers = await Promise.all([0, 1, 2].map(() => placeOne(lab).catch(() => undefined)));
        if (scene === 'undoing') await link.become('none');
        expect(await victim.died()).toBe(`${side} ${point}`);
        await link.become('none');
        const begin = performance.now();
        await start(service);
        await workingAgain(lab);
        const { orders, placed, paid } = await shopOf(lab);
        times.push(performance.now() - begin);
        expect(paid, 'orders that are paid').toEqual(orders);
        expect(placed, 'orders that were told of').toEqual(orders);
        const promised = answers.flatMap((answer) => (answer?.id === undefined ? [] : [answer.id]));
        expect(orders, 'orders that were promised').toEqual(expect.arrayContaining([...before, ...promised]));
        expect(times.at(-1)).toBeLessThan(CLEAN_WITHIN_MS);
      },
    );
  },
);
