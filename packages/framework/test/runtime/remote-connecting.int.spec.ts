import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { UpstreamTimeoutError } from '../../src/kernel/errors/gateway-errors.js';
import { RemoteTimeoutError } from '../../src/kernel/errors/remote-errors.js';
import { FeignClient } from '../../src/model/feign-client.js';
import { get, post } from '../../src/model/http-operation.js';
import { UpstreamPool } from '../../src/runtime/remote/upstream-pool.js';
import { startStandIn } from '../../src/testing/stand-in-server.js';
import { startFullListener } from '../fixtures/full-listener.js';
import { inUnit, wiredClient } from '../fixtures/wired-client.js';

const returns = z.object({ id: z.int() });
/** Far beyond the limits here, and far below what TCP waits. */
const SOON_MS = 3_000;

@FeignClient({ name: 'payment', timeoutMs: 200 })
class Payments {
  readonly read = get('/payments/1', { returns });
  readonly patient = get('/payments/1', { returns, timeoutMs: 20_000 });
  readonly book = post('/bookings', { returns, undo: true });
}

describe('a host that neither takes nor refuses a connection', () => {
  it('is waited for no longer than the limit of the call', async () => {
    await using host = await startFullListener();
    await using wired = wiredClient(Payments, [host.url]);
    const begin = performance.now();
    const calls = Array.from({ length: 10 }, () => wired.client.read().catch((error: unknown) => error));
    for (const failure of await Promise.all(calls)) expect(failure).toBeInstanceOf(RemoteTimeoutError);
    // connecting itself is given up after that
    expect(performance.now() - begin).toBeLessThan(1_000);
  });

  it('may have heard of a call that it was not given time for', async () => {
    await using host = await startFullListener();
    await using wired = wiredClient(Payments, [host.url]);
    await expect(inUnit({}, () => wired.client.book())).rejects.toThrow(RemoteTimeoutError);
    expect(wired.failed).toEqual(['key-1 sent']);
  });

  it('leaves a call that has more time for another address', async () => {
    await using host = await startFullListener();
    await using payment = await startStandIn();
    payment.answers({ status: 200, body: { id: 1 } });
    await using wired = wiredClient(Payments, [host.url, payment.url]);
    const begin = performance.now();
    for (let i = 0; i < 2; i++) expect(await wired.client.patient()).toEqual({ id: 1 });
    expect(performance.now() - begin).toBeLessThan(SOON_MS);
    expect(wired.retried).toHaveLength(1);
  });

  it('is waited for by a gateway no longer than its request may take', async () => {
    await using host = await startFullListener();
    const pool = new UpstreamPool({ connections: 2, connectTimeoutMs: 20_000, silenceTimeoutMs: 20_000 });
    const limit = new AbortController();
    const late = new UpstreamTimeoutError('payment', 100);
    const body = Readable.from(['flat white']);
    const request = { service: 'payment', origin: host.url, method: 'POST', path: '/', headers: {}, body };
    const begin = performance.now();
    const sending = pool.send({ ...request, signal: limit.signal });
    setTimeout(() => limit.abort(late), 100);
    await expect(sending).rejects.toBe(late);
    expect(performance.now() - begin).toBeLessThan(SOON_MS);
    await pool.close();
  });
});
