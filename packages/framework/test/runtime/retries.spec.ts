import { describe, expect, it } from 'vitest';
import {
  RemoteBadAnswerError,
  RemoteCallAbortedError,
  RemoteRefusedError,
  RemoteUnreachableError,
} from '../../src/kernel/errors/remote-errors.js';
import { CallLimit } from '../../src/runtime/remote/call-limit.js';
import { Retries } from '../../src/runtime/remote/retries.js';
import { retryAfterMs } from '../../src/runtime/remote/retry-after.js';
import { RetryBudget } from '../../src/runtime/remote/retry-budget.js';
import type { Target } from '../../src/runtime/remote/targets.js';
import { ManualClock } from '../../src/testing/manual-clock.js';

const OPERATION = 'payment.read';
const refused = (status: number, retryAfter?: string) =>
  new RemoteRefusedError(OPERATION, status, undefined, retryAfter);
const unreachable = (code: string, syscall = 'connect') =>
  new RemoteUnreachableError(OPERATION, 'http://a', Object.assign(new Error(code), { code, syscall }));

interface Setup {
  readonly attempts?: number;
  readonly capMs?: number;
  readonly limitMs?: number;
  readonly targets?: number;
  readonly share?: number;
  readonly random?: number;
}

/** Calls whose attempts fail as given, one after the other; then they succeed. */
function callsOf({ attempts = 3, capMs = 1_000, limitMs = 5_000, share = 1, random = 1, ...given }: Setup) {
  const clock = new ManualClock();
  const begin = clock.now();
  const all = Array.from({ length: given.targets ?? 1 }, (_, i): Target => ({ url: `http://${i}` }));
  const went: { readonly url: string; readonly at: number }[] = [];
  let retried = 0;
  const retries = new Retries({
    retry: { attempts, baseMs: 100, capMs },
    targets: { pick: (tried) => all.find((one) => !tried?.has(one)) ?? all[0]! },
    budget: new RetryBudget(share, clock),
    clock,
    random: () => random,
    retried: () => retried++,
  });
  const caller = new AbortController();
  const run = async (...failures: unknown[]) => {
    using limit = new CallLimit({ operation: OPERATION, limitMs, clock, signals: [caller.signal] });
    return await retries.run(limit, async ({ url }) => {
      went.push({ url, at: clock.now() - begin });
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      return 'answer';
    });
  };
  return { clock, caller, went, run, times: () => went.map(({ at }) => at), retried: () => retried };
}

describe('attempts', () => {
  it('follow each other with growing waits, up to their number', async () => {
    const calls = callsOf({ attempts: 4 });
    const last = refused(502);
    const running = calls.run(refused(503), refused(500), unreachable('ECONNRESET'), last).catch((e) => e);
    for (const ms of [100, 200, 400]) {
      // besides the limit of the call
      await calls.clock.sleeping(2);
      await calls.clock.advance(ms);
    }
    expect(await running).toBe(last);
    expect(calls.times()).toEqual([0, 100, 300, 700]);
    expect(calls.retried()).toBe(3);
    expect(calls.clock.sleepers).toBe(0);
  });

  it('wait anything between nothing and the bound', async () => {
    const calls = callsOf({ random: 0 });
    const running = calls.run(refused(503));
    await calls.clock.sleeping(2);
    await calls.clock.advance(0);
    expect(await running).toBe('answer');
  });

  it.each([
    ['a refusal that stays one', refused(422)],
    ['an answer that does not fit', new RemoteBadAnswerError(OPERATION, 'no')],
    ['a mistake of ours', new TypeError('oops')],
  ])('are not made after %s', async (_, failure) => {
    const calls = callsOf({});
    await expect(calls.run(failure)).rejects.toBe(failure);
    expect(calls.times()).toEqual([0]);
  });

  it('end where another one would not fit into the limit', async () => {
    const calls = callsOf({ limitMs: 100 });
    const failure = refused(503);
    await expect(calls.run(failure)).rejects.toBe(failure);
    expect(calls.times()).toEqual([0]);
  });

  it('end when the caller gives up between two of them', async () => {
    const calls = callsOf({});
    const running = calls.run(refused(503)).catch((error: unknown) => error);
    await calls.clock.sleeping(2);
    calls.caller.abort(new Error('gone'));
    expect(await running).toBeInstanceOf(RemoteCallAbortedError);
    expect(calls.clock.sleepers).toBe(0);
  });

  it('go round the addresses', async () => {
    const calls = callsOf({ targets: 2, random: 0, attempts: 3 });
    const running = calls.run(refused(500), refused(500));
    await calls.clock.sleeping(2);
    await calls.clock.advance(0);
    await running;
    expect(calls.went.map(({ url }) => url)).toEqual(['http://0', 'http://1', 'http://0']);
  });
});

describe('Retry-After', () => {
  it('is waited for, and a little more, so that not all come back at once', async () => {
    const calls = callsOf({});
    const running = calls.run(refused(503, '1'));
    await calls.clock.sleeping(2);
    await calls.clock.advance(1_100);
    expect(await running).toBe('answer');
    expect(calls.times()).toEqual([0, 1_100]);
  });

  it('ends the attempts where it asks for more than they wait', async () => {
    const calls = callsOf({ capMs: 900 });
    const failure = refused(429, '1');
    await expect(calls.run(failure)).rejects.toBe(failure);
    expect(calls.times()).toEqual([0]);
  });

  it('is seconds or a date, and anything else is nothing', () => {
    const now = Date.UTC(2026, 0, 1);
    expect(retryAfterMs('3', now)).toBe(3_000);
    expect(retryAfterMs(' 0 ', now)).toBe(0);
    expect(retryAfterMs('Thu, 01 Jan 2026 00:00:05 GMT', now)).toBe(5_000);
    expect(retryAfterMs('Wed, 31 Dec 2025 00:00:00 GMT', now)).toBe(0);
    for (const text of [undefined, '', 'soon', '-1', '1.5', '2026-01-01'])
      expect(retryAfterMs(text, now)).toBeUndefined();
  });
});

describe('an address that refuses the connection', () => {
  it('is left for each other one at once, whatever the operation: nothing was sent', async () => {
    const calls = callsOf({ attempts: 1, targets: 3, share: 0 });
    expect(await calls.run(unreachable('ECONNREFUSED'), unreachable('ETIMEDOUT'))).toBe('answer');
    expect(calls.went).toEqual([
      { url: 'http://0', at: 0 },
      { url: 'http://1', at: 0 },
      { url: 'http://2', at: 0 },
    ]);
    expect(calls.retried()).toBe(2);
  });

  it('is an error when all refuse', async () => {
    const calls = callsOf({ attempts: 1, targets: 2 });
    const last = unreachable('ECONNREFUSED');
    await expect(calls.run(unreachable('ECONNREFUSED'), last)).rejects.toBe(last);
  });

  it.each([
    ['breaks off', 'ECONNRESET', 'read'],
    ['falls silent', 'ETIMEDOUT', 'read'],
  ])('is not one that %s: the request may have been read', async (_, code, syscall) => {
    const calls = callsOf({ attempts: 1, targets: 2 });
    const failure = unreachable(code, syscall);
    await expect(calls.run(failure)).rejects.toBe(failure);
  });
});

describe('the budget of a client', () => {
  it('is a share of its calls, and ten', () => {
    const budget = new RetryBudget(0.2, new ManualClock());
    for (let i = 0; i < 100; i++) budget.called();
    const taken = Array.from({ length: 100 }, () => budget.take()).filter(Boolean);
    expect(taken).toHaveLength(30);
  });

  it('comes back as time passes', async () => {
    const clock = new ManualClock();
    const budget = new RetryBudget(0.2, clock);
    while (budget.take());
    await clock.advance(9_000);
    expect(budget.take()).toBe(false);
    await clock.advance(1_000);
    expect(budget.take()).toBe(true);
  });

  it('of nothing means nothing', () => {
    expect(new RetryBudget(0, new ManualClock()).take()).toBe(false);
  });

  it('ends the attempts when it is used up', async () => {
    const calls = callsOf({ share: 0 });
    const failure = refused(503);
    await expect(calls.run(failure)).rejects.toBe(failure);
    expect(calls.times()).toEqual([0]);
  });
});
