import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { NotFoundError } from '../../src/kernel/errors/model-errors.js';
import {
  BulkheadFullError,
  CircuitOpenError,
  RemoteCallAbortedError,
  RemoteRefusedError,
} from '../../src/kernel/errors/remote-errors.js';
import { Latch } from '../../src/kernel/latch.js';
import { FeignClient } from '../../src/model/feign-client.js';
import { get } from '../../src/model/http-operation.js';
import { ManualClock } from '../../src/testing/manual-clock.js';
import { type StandIn, startStandIn } from '../../src/testing/stand-in-server.js';
import { until } from '../fixtures/until.js';
import { type WiredClient, wiredClient } from '../fixtures/wired-client.js';

const returns = z.object({ id: z.int() });
const OK = { status: 200, body: { id: 1 } };

@FeignClient({ name: 'payment', circuit: { minCalls: 10, openMs: 2_000, probes: 2, slowMs: 300 } })
class Payments {
  readonly read = get('/payments/1', { returns });
  readonly free = get('/free', { returns, circuit: false });
  readonly narrow = get('/narrow', { returns, bulkhead: { maxConcurrent: 2 } });
  readonly patient = get('/patient', {
    returns,
    bulkhead: { maxConcurrent: 1, maxWaiting: 1, maxWaitMs: 5_000 },
  });
}

const times = async (count: number, call: () => Promise<unknown>): Promise<unknown[]> => {
  const came: unknown[] = [];
  for (let i = 0; i < count; i++) came.push(await call().catch((error: unknown) => error));
  return came;
};
const stateOf = ({ caller }: WiredClient<unknown>, name = 'payment.read') =>
  caller.all()[0]!.operations.find(({ operation }) => operation === name)!;

/** A stand-in that keeps every request until it is let go. */
function held(payment: StandIn) {
  const gate = new Latch();
  payment.answers(async () => (await gate.opened, OK));
  const asked = (count: number) =>
    until(
      () => payment.requests.length,
      (seen) => seen >= count,
    );
  return { gate, asked };
}

describe('the circuit of an operation', () => {
  it('opens when the other service fails, asks it nothing for a while, and closes when it works again', async () => {
    await using payment = await startStandIn();
    const clock = new ManualClock();
    await using wired = wiredClient(Payments, [payment.url], { clock });
    payment.answers({ status: 500 });
    for (const error of await times(10, () => wired.client.read()))
      expect(error).toBeInstanceOf(RemoteRefusedError);

    const refused = wired.client.read();
    await expect(refused).rejects.toThrow(CircuitOpenError);
    await expect(refused).rejects.toMatchObject({ retryInMs: 2_000 });
    expect(payment.requests).toHaveLength(10);
    expect(wired.outcomes.at(-1)).toBe('payment.read REMOTE_CIRCUIT_OPEN');
    expect(stateOf(wired)).toMatchObject({
      circuit: 'open',
      calls: 10,
      failures: 10,
      openings: 1,
      refused: 1,
    });

    payment.answers(OK);
    await clock.advance(2_000);
    expect(await times(3, () => wired.client.read())).toEqual([{ id: 1 }, { id: 1 }, { id: 1 }]);
    expect(stateOf(wired).circuit).toBe('closed');
    expect(wired.logged).toMatchObject([
      { level: 'warn', operation: 'payment.read', circuit: 'open', calls: 10, failures: 10, rate: 1 },
      { level: 'info', operation: 'payment.read', circuit: 'half open', probes: 2 },
      { level: 'info', operation: 'payment.read', circuit: 'closed' },
    ]);
  });

  it.each([500, 503, 408, 429])('counts a refusal with %i as a failure', async (status) => {
    await using payment = await startStandIn();
    await using wired = wiredClient(Payments, [payment.url]);
    payment.answers({ status });
    await times(10, () => wired.client.read());
    expect(stateOf(wired)).toMatchObject({ circuit: 'open', failures: 10 });
  });

  it.each([400, 404, 409, 422])('takes a refusal with %i for an answer', async (status) => {
    await using payment = await startStandIn();
    await using wired = wiredClient(Payments, [payment.url]);
    payment.answers({ status });
    await times(12, () => wired.client.read());
    expect(stateOf(wired)).toMatchObject({ circuit: 'closed', calls: 12, failures: 0 });
  });

  it('counts an answer that does not fit as a failure', async () => {
    await using payment = await startStandIn();
    await using wired = wiredClient(Payments, [payment.url]);
    payment.answers({ status: 200, body: { no: 'id' } });
    await times(10, () => wired.client.read());
    expect(stateOf(wired)).toMatchObject({ circuit: 'open', failures: 10 });
  });

  it('counts an answer that takes too long as a failure, and gives it to the caller', async () => {
    await using payment = await startStandIn();
    const clock = new ManualClock();
    await using wired = wiredClient(Payments, [payment.url], { clock });
    payment.answers(async () => (await clock.advance(300), OK));
    expect(await times(10, () => wired.client.read())).toEqual(Array.from({ length: 10 }, () => ({ id: 1 })));
    expect(stateOf(wired)).toMatchObject({ circuit: 'open', failures: 10 });
  });

  it('is not kept half open by probes whose callers have gone', async () => {
    await using payment = await startStandIn();
    const clock = new ManualClock();
    await using wired = wiredClient(Payments, [payment.url], { clock });
    payment.answers({ status: 500 });
    await times(10, () => wired.client.read());
    await clock.advance(2_000);
    const { gate, asked } = held(payment);
    const gone = new AbortController();
    const probes = [1, 2].map(() => wired.client.read({ signal: gone.signal }).catch((e: unknown) => e));
    await asked(12);
    await expect(wired.client.read()).rejects.toThrow(CircuitOpenError);
    gone.abort(new Error('gone'));
    for (const error of await Promise.all(probes)) expect(error).toBeInstanceOf(RemoteCallAbortedError);
    gate.open();
    await times(2, () => wired.client.read());
    expect(stateOf(wired).circuit).toBe('closed');
  });

  it('may be left out', async () => {
    await using payment = await startStandIn();
    await using wired = wiredClient(Payments, [payment.url]);
    payment.answers({ status: 500 });
    await times(30, () => wired.client.free());
    expect(payment.requests).toHaveLength(30);
    expect(stateOf(wired, 'payment.free')).toMatchObject({ circuit: 'none', calls: 0 });
  });

  it('of one operation says nothing of another', async () => {
    await using payment = await startStandIn();
    await using wired = wiredClient(Payments, [payment.url]);
    payment.answers(({ path }) => (path === '/payments/1' ? { status: 500 } : OK));
    await times(10, () => wired.client.read());
    expect(await wired.client.narrow()).toEqual({ id: 1 });
  });

  it('is held open or closed for a drill', async () => {
    await using payment = await startStandIn();
    await using wired = wiredClient(Payments, [payment.url]);
    payment.answers(OK);
    wired.caller.force('payment.read', 'open');
    await expect(wired.client.read()).rejects.toThrow(CircuitOpenError);
    wired.caller.force('payment.read', 'auto');
    expect(await wired.client.read()).toEqual({ id: 1 });
    expect(() => wired.caller.force('payment.free', 'open')).toThrow(NotFoundError);
    expect(() => wired.caller.force('payment.none', 'open')).toThrow(NotFoundError);
  });
});

describe('the last errors of an operation', () => {
  it('are the newest ten of those that the other service is the reason of, without secrets', async () => {
    await using payment = await startStandIn();
    await using wired = wiredClient(Payments, [payment.url.replace('//', '//user:s3cret@')]);
    payment.answers({ status: 200, body: { id: 'x', token: 's3cret', password: ['s3cret'] } });
    await times(1, () => wired.client.free());
    payment.answers(() => Promise.reject(new Error('break the connection')));
    await times(9, () => wired.client.free());
    wired.caller.force('payment.read', 'open');
    await times(1, () => wired.client.read());
    const { lastErrors } = stateOf(wired, 'payment.free');
    expect(lastErrors).toHaveLength(10);
    expect(lastErrors[0]).toMatchObject({ code: 'REMOTE_UNREACHABLE' });
    expect(lastErrors[9]).toMatchObject({ code: 'REMOTE_BAD_ANSWER' });
    expect(stateOf(wired).lastErrors).toEqual([]);
    expect(JSON.stringify(wired.caller.all())).not.toContain('s3cret');
    await times(1, () => wired.client.free());
    expect(stateOf(wired, 'payment.free').lastErrors).toHaveLength(10);
  });
});

describe('the bulkhead of an operation', () => {
  it('refuses at once what is too much, which is no failure of the other service', async () => {
    await using payment = await startStandIn();
    await using wired = wiredClient(Payments, [payment.url]);
    const { gate, asked } = held(payment);
    const running = [wired.client.narrow(), wired.client.narrow()];
    await asked(2);
    for (const error of await times(20, () => wired.client.narrow()))
      expect(error).toBeInstanceOf(BulkheadFullError);
    expect(stateOf(wired, 'payment.narrow')).toMatchObject({ running: 2, calls: 0, circuit: 'closed' });
    gate.open();
    await Promise.all(running);
    expect(stateOf(wired, 'payment.narrow')).toMatchObject({ running: 0, calls: 2, failures: 0 });
    expect(payment.requests).toHaveLength(2);
  });

  it('makes who may wait wait, and asks the other service when there is a place', async () => {
    await using payment = await startStandIn();
    await using wired = wiredClient(Payments, [payment.url]);
    const { gate, asked } = held(payment);
    const first = wired.client.patient({ timeoutMs: 20_000 });
    await asked(1);
    const second = wired.client.patient({ timeoutMs: 20_000 });
    await until(
      () => stateOf(wired, 'payment.patient').waiting,
      (waiting) => waiting === 1,
    );
    await expect(wired.client.patient()).rejects.toThrow(BulkheadFullError);
    expect(payment.requests).toHaveLength(1);
    gate.open();
    expect(await Promise.all([first, second])).toEqual([{ id: 1 }, { id: 1 }]);
  });

  it('has its places back after calls of every kind of end', async () => {
    await using payment = await startStandIn();
    await using wired = wiredClient(Payments, [payment.url]);
    payment.answers({ status: 500 });
    await times(2, () => wired.client.narrow());
    const { gate, asked } = held(payment);
    await times(2, () => wired.client.narrow({ timeoutMs: 20 }));
    const gone = new AbortController();
    const leaving = [1, 2].map(() => wired.client.narrow({ signal: gone.signal }).catch(() => {}));
    await asked(6);
    gone.abort();
    await Promise.all(leaving);
    expect(stateOf(wired, 'payment.narrow')).toMatchObject({ running: 0, waiting: 0 });
    gate.open();
  });
});

describe('a cold start under load', () => {
  @FeignClient({ name: 'payment', timeoutMs: 60, circuit: { minCalls: 10, openMs: 100, probes: 2 } })
  class Cold {
    readonly read = get('/payments/1', { returns });
  }

  it('does not lock the operation up: it opens, and closes as soon as the other service is warm', async () => {
    await using payment = await startStandIn();
    await using wired = wiredClient(Cold, [payment.url]);
    const warm = new Latch();
    payment.answers(async () => (await warm.opened, OK));
    const over = new AbortController();
    const customers = Array.from({ length: 20 }, async () => {
      while (!over.signal.aborted) {
        await wired.client.read().catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    });
    await until(
      () => stateOf(wired).openings,
      (openings) => openings >= 2,
    );
    warm.open();
    await until(
      () => stateOf(wired),
      ({ circuit, calls }) => circuit === 'closed' && calls >= 50,
    );
    over.abort();
    await Promise.all(customers);
  }, 30_000);
});
