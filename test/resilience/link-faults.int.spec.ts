import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../packages/framework/src/testing/seeded-random.ts';
import { CrashLab } from '../crash/crash-lab.ts';
import { shopOf } from '../crash/shop-orders.ts';
import { FaultyLink, type LinkFault } from './faulty-link.ts';
import { allAnswered, placeMany, workingAgain } from './customers.ts';

const SEED = Number(process.env['CRASH_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const AT_ONCE = 12;
const RECOVERED_WITHIN_MS = 5_000;
const CLEAN_WITHIN_MS = 15_000;

/** What may come of orders, and whether payment hears of them. */
const FAULTS: readonly { fault: LinkFault; areSomePlaced: boolean; doesPaymentHear: boolean }[] = [
  { fault: 'latency', areSomePlaced: false, doesPaymentHear: true },
  { fault: 'jitter', areSomePlaced: true, doesPaymentHear: true },
  { fault: 'cut after the request', areSomePlaced: false, doesPaymentHear: true },
  { fault: 'cut in the answer', areSomePlaced: false, doesPaymentHear: true },
  { fault: 'garbage', areSomePlaced: false, doesPaymentHear: true },
  { fault: 'slow drip', areSomePlaced: false, doesPaymentHear: true },
  { fault: 'silence', areSomePlaced: false, doesPaymentHear: true },
  { fault: 'connection refused', areSomePlaced: false, doesPaymentHear: false },
  { fault: 'black hole', areSomePlaced: false, doesPaymentHear: false },
];

describe(`the way to payment is faulty (CRASH_SEED=${SEED})`, { timeout: 60_000 }, () => {
  const random = seededRandom(SEED);
  let lab: CrashLab;
  let link: FaultyLink;

  beforeAll(async () => {
    lab = await CrashLab.open('order', 'payment');
    await lab.start(['payment']);
    link = await FaultyLink.open(Number(new URL(lab.url('payment')).port), random);
    await lab.start(['order'], { settings: { PAYMENT_URL: link.url } });
    await workingAgain(lab);
  }, 60_000);
  afterAll(async () => {
    await link?.[Symbol.asyncDispose]();
    await lab?.[Symbol.asyncDispose]();
  });

  const takenBack = () => lab.engines.count('payment', `payments WHERE status = 'PaymentCancelled'`);

  it.each(FAULTS)(
    '$fault: each order is placed and paid, or refused in time and its payment taken back; then all goes on by itself',
    async ({ fault, areSomePlaced, doesPaymentHear }) => {
      const before = await takenBack();
      await link.become(fault);
      const answers = [...(await placeMany(lab, AT_ONCE)), ...(await placeMany(lab, AT_ONCE))];
      allAnswered(answers);
      await link.become('none');
      const recoveredMs = await workingAgain(lab);
      const begin = performance.now();
      const { orders, placed, paid } = await shopOf(lab);
      const cleanMs = performance.now() - begin;
      const undone = (await takenBack()) - before;
      const promised = answers.flatMap(({ id }) => (id === undefined ? [] : [id]));
      const longest = Math.max(...answers.map(({ ms }) => ms));
      console.log(
        `${fault}: ${promised.length} of ${answers.length} placed, ${undone} payments taken back, longest answer ${longest.toFixed(0)} ms; works again after ${recoveredMs.toFixed(0)} ms, payments equal orders after ${cleanMs.toFixed(0)} ms more`,
      );
      expect(placed, 'orders that were told of').toEqual(orders);
      expect(paid, 'orders that are paid').toEqual(orders);
      expect(orders).toEqual(expect.arrayContaining(promised));
      // the fault was one
      expect(areSomePlaced || promised.length === 0, `${promised.length} were placed`).toBe(true);
      expect(areSomePlaced || undone > 0, `${undone} payments were taken back`).toBe(
        areSomePlaced || doesPaymentHear,
      );
      expect(recoveredMs, 'until an order is placed again').toBeLessThan(RECOVERED_WITHIN_MS);
      expect(cleanMs, 'until payments equal orders').toBeLessThan(CLEAN_WITHIN_MS);
    },
  );
});
