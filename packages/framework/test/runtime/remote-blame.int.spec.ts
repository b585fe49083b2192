import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { RemoteTimeoutError } from '../../src/kernel/errors/remote-errors.js';
import { FeignClient } from '../../src/model/feign-client.js';
import { get } from '../../src/model/http-operation.js';
import { ManualClock } from '../../src/testing/manual-clock.js';
import { type StandIn, startStandIn } from '../../src/testing/stand-in-server.js';
import { until } from '../fixtures/until.js';
import { type WiredClient, inUnit, wiredClient } from '../fixtures/wired-client.js';

const returns = z.object({ id: z.int() });
const PROBLEM = { 'content-type': 'application/problem+json' };

@FeignClient({
  name: 'payment',
  timeoutMs: 1_000,
  circuit: { minCalls: 10, windowMs: 60_000 },
  outliers: { failures: 10 },
})
class Payments {
  readonly read = get('/payments/1', { returns });
  readonly attempt = get('/attempts/1', {
    returns,
    attemptTimeoutMs: 200,
    retry: { attempts: 1 },
  });
}

const stateOf = ({ caller }: WiredClient<unknown>, name = 'payment.read') =>
  caller.all()[0]!.operations.find(({ operation }) => operation === name)!;
const failuresOf = ({ caller }: WiredClient<unknown>) =>
  caller.all()[0]!.targets.map(({ failuresInARow }) => failuresInARow);

/** Ten calls of a service that hangs, each until its time is over. */
async function hanging(payment: StandIn, clock: ManualClock, limitMs: number, call: () => Promise<unknown>) {
  payment.answers(() => new Promise(() => {}));
  for (let i = 1; i <= 10; i++) {
    const calling = inUnit({ deadline: clock.now() + limitMs }, call).catch((error: unknown) => error);
    await until(
      () => payment.requests.length,
      (asked) => asked === i,
    );
    await clock.advance(limitMs);
    expect(await calling).toBeInstanceOf(RemoteTimeoutError);
  }
}

describe('a timeout', () => {
  it.each([
    [499, 'closed', 0, [0]],
    [500, 'open', 10, [10]],
    [2_000, 'open', 10, [10]],
  ])(
    'counts against a service only if it had half of the time that the operation has: %i ms of 1000',
    async (leftMs, circuit, failures, inARow) => {
      await using payment = await startStandIn();
      const clock = new ManualClock();
      await using wired = wiredClient(Payments, [payment.url], { clock });
      await hanging(payment, clock, leftMs, () => wired.client.read());
      expect(stateOf(wired)).toMatchObject({ circuit, failures });
      expect(failuresOf(wired)).toEqual(inARow);
    },
  );

  it.each([
    [99, [0]],
    [100, [10]],
  ])('counts against an address by the time that an attempt has: %i ms of 200', async (leftMs, inARow) => {
    await using payment = await startStandIn();
    const clock = new ManualClock();
    await using wired = wiredClient(Payments, [payment.url], { clock });
    await hanging(payment, clock, leftMs, () => wired.client.attempt());
    expect(failuresOf(wired)).toEqual(inARow);
    // a call has a second
    expect(stateOf(wired, 'payment.attempt')).toMatchObject({ circuit: 'closed', failures: 0 });
  });

  it.each(['DEADLINE_EXCEEDED', 'REQUEST_TIMEOUT', 'REMOTE_TIMEOUT'])(
    'that the other service notices first counts no more: %s',
    async (code) => {
      await using payment = await startStandIn();
      await using wired = wiredClient(Payments, [payment.url]);
      payment.answers({ status: 503, headers: PROBLEM, body: { code } });
      for (let i = 0; i < 10; i++) await wired.client.read({ timeoutMs: 499 }).catch(() => {});
      expect(stateOf(wired)).toMatchObject({ circuit: 'closed', failures: 0 });
      for (let i = 0; i < 10; i++) await wired.client.read().catch(() => {});
      expect(stateOf(wired)).toMatchObject({ circuit: 'open', failures: 10 });
    },
  );
});

describe('a refusal', () => {
  it.each([
    [503, 'OVERLOADED', 0],
    [503, 'NOT_READY', 0],
    [503, 'DEADLINE_EXCEEDED', 0],
    [429, 'OTHER', 0],
    [503, 'REMOTE_UNREACHABLE', 0],
    [502, 'REMOTE_BAD_ANSWER', 0],
    [500, 'OVERLOADED', 9],
    [503, 'REQUEST_TIMEOUT', 9],
    [503, 'OTHER', 9],
  ])(
    'with %i %s counts %i times in nine against its address, and always for the circuit',
    async (status, code, count) => {
      await using payment = await startStandIn();
      await using wired = wiredClient(Payments, [payment.url]);
      payment.answers({ status, headers: PROBLEM, body: { code } });
      for (let i = 0; i < 9; i++) await wired.client.read().catch(() => {});
      expect(failuresOf(wired)).toEqual([count]);
      expect(stateOf(wired)).toMatchObject({ calls: 9, failures: 9 });
    },
  );

  it('that says that the same request is under way says nothing', async () => {
    await using payment = await startStandIn();
    await using wired = wiredClient(Payments, [payment.url]);
    payment.answers({ status: 409, headers: PROBLEM, body: { code: 'REQUEST_RUNNING' } });
    for (let i = 0; i < 10; i++) await wired.client.read().catch(() => {});
    expect(stateOf(wired)).toMatchObject({ circuit: 'closed', calls: 0, failures: 0 });
    expect(failuresOf(wired)).toEqual([0]);
  });
});
