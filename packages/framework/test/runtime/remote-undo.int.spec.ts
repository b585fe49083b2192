import { describe, expect, it } from 'vitest';
import { NoUnitOfWorkError } from '../../src/kernel/errors/model-errors.js';
import {
  BulkheadFullError,
  CircuitOpenError,
  RemoteCallAbortedError,
  RemoteRefusedError,
  RemoteTimeoutError,
} from '../../src/kernel/errors/remote-errors.js';
import { Latch } from '../../src/kernel/latch.js';
import { ManualClock } from '../../src/testing/manual-clock.js';
import { startStandIn } from '../../src/testing/stand-in-server.js';
import { until } from '../fixtures/until.js';
import { inUnit, wiredClient } from '../fixtures/wired-client.js';
import { failureOf } from '../fixtures/failure-of.ts';
import { OK, PROBLEM, Payments, keysOf } from '../fixtures/payments.ts';

describe('a call with an undo that fails', () => {
  it('is not kept, whatever its caller makes of that', async () => {
    await using payment = await startStandIn();
    await using wired = wiredClient(Payments, [payment.url]);
    payment.answers({ status: 409 });
    await inUnit({}, () => failureOf(wired.client.book()));
    expect(wired.failed).toEqual(['key-1 sent']);
    payment.answers(OK);
    await inUnit({}, () => wired.client.book());
    expect(wired.failed).toHaveLength(1);
  });

  it.each([
    ['OVERLOADED', 'unsent'],
    ['NOT_READY', 'unsent'],
    // it may have begun, and a call of its own came too late
    ['DEADLINE_EXCEEDED', 'sent'],
    ['REMOTE_TIMEOUT', 'sent'],
    ['REQUEST_TIMEOUT', 'sent'],
  ])('and is refused with %s counts as %s', async (code, whether) => {
    await using payment = await startStandIn();
    await using wired = wiredClient(Payments, [payment.url]);
    payment.answers({ status: 503, headers: PROBLEM, body: { code } });
    await inUnit({}, () => failureOf(wired.client.book()));
    expect(wired.failed).toEqual([`key-1 ${whether}`]);
  });

  it('has to be undone when only its second attempt was shed', async () => {
    await using payment = await startStandIn();
    await using wired = wiredClient(Payments, [payment.url]);
    const shed = { status: 503, headers: PROBLEM, body: { code: 'OVERLOADED' } };
    payment.answers(() => (payment.requests.length < 2 ? { status: 503 } : shed));
    await inUnit({}, () => failureOf(wired.client.bookAgain()));
    expect(payment.requests).toHaveLength(2);
    expect(wired.failed).toEqual(['key-1 sent']);
  });

  it('has nothing to be undone when the other service has heard nothing of it', async () => {
    const { url } = await startStandIn().then(async (gone) => (await gone[Symbol.asyncDispose](), gone));
    await using wired = wiredClient(Payments, [url]);
    await inUnit({}, () => failureOf(wired.client.book()));
    expect(wired.failed).toEqual(['key-1 unsent']);
  });
});

describe('a call that is undone unless its unit of work is committed', () => {
  it('is made with the key of its intent', async () => {
    await using payment = await startStandIn();
    await using wired = wiredClient(Payments, [payment.url]);
    payment.answers(OK);
    await inUnit({}, () => wired.client.book({ idempotencyKey: 'not-this' }));
    expect(keysOf(payment)).toEqual(['key-1']);
    expect(wired.begun).toEqual(['payment.book']);
  });

  it('needs a unit of work', async () => {
    await using payment = await startStandIn();
    await using wired = wiredClient(Payments, [payment.url]);
    await expect(wired.client.book()).rejects.toThrow(NoUnitOfWorkError);
    expect(payment.requests).toEqual([]);
  });

  it('leaves nothing to undo when it is refused before it is made', async () => {
    await using payment = await startStandIn();
    await using wired = wiredClient(Payments, [payment.url]);
    const [asked, gate] = [new Latch(), new Latch()];
    payment.answers(async () => (asked.open(), await gate.opened, OK));
    wired.caller.force('payment.book', 'open');
    await expect(inUnit({}, () => wired.client.book())).rejects.toThrow(CircuitOpenError);
    const running = inUnit({}, () => wired.client.single());
    await asked.opened;
    await expect(inUnit({}, () => wired.client.single())).rejects.toThrow(BulkheadFullError);
    expect(wired.begun).toEqual(['payment.single']);
    gate.open();
    await running;
  });

  it.each([
    ['payment.book', '/bookings/requests/a%2Fb'],
    ['payment.single', '/undo/a%2Fb'],
  ])('is undone by a DELETE with its key: %s', async (operation, path) => {
    await using payment = await startStandIn();
    await using wired = wiredClient(Payments, [payment.url]);
    const { signal } = new AbortController();
    wired.caller.force(operation, 'open');
    for (const status of [200, 204, 410]) {
      payment.answers({ status });
      await wired.undos.get(operation)!('a/b', 1_500, signal);
    }
    expect(payment.requests).toHaveLength(3);
    expect(payment.requests[0]).toMatchObject({
      method: 'DELETE',
      path,
      headers: { 'idempotency-key-age': '2', seal: 'wax' },
    });
  });

  it.each([404, 409, 500, 503])('is not undone while the other service answers %i', async (status) => {
    await using payment = await startStandIn();
    await using wired = wiredClient(Payments, [payment.url]);
    payment.answers({ status });
    const undoing = wired.undos.get('payment.book')!('key', 0, new AbortController().signal);
    await expect(undoing).rejects.toThrow(RemoteRefusedError);
  });

  it('has twice the time of the call to be undone, and ends when that is stopped', async () => {
    await using payment = await startStandIn();
    const clock = new ManualClock();
    await using wired = wiredClient(Payments, [payment.url], { clock });
    payment.answers(() => new Promise(() => {}));
    const undo = wired.undos.get('payment.book')!;
    const late = failureOf(undo('1', 0, new AbortController().signal));
    await until(
      () => payment.requests.length,
      (asked) => asked === 1,
    );
    expect(payment.requests[0]!.headers['x-request-timeout-ms']).toBe('1000');
    await clock.advance(1_000);
    expect(await late).toBeInstanceOf(RemoteTimeoutError);
    const stopping = new AbortController();
    const stopped = undo('2', 0, stopping.signal);
    stopping.abort(new Error('stopped'));
    await expect(stopped).rejects.toThrow(RemoteCallAbortedError);
  });
});
