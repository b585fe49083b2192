import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { InvalidInputError, NoUnitOfWorkError } from '../../src/kernel/errors/model-errors.js';
import { InterceptorError, RemoteCallAbortedError } from '../../src/kernel/errors/remote-errors.js';
import { startStandIn } from '../../src/testing/stand-in-server.js';
import { inUnit, wiredClient } from '../fixtures/wired-client.js';
import { FeignClient } from '../../src/model/feign-client.js';
import { get, post } from '../../src/model/http-operation.js';
import { failureOf } from '../fixtures/failure-of.ts';
import { OK, Payments, returns } from '../fixtures/payments.ts';

describe('a fallback', () => {
  it('takes the place of the answer, and the answer to the caller can tell so', async () => {
    await using payment = await startStandIn();
    await using wired = wiredClient(Payments, [payment.url]);
    payment.answers({ status: 404 });
    const fallbacks = new Set<string>();
    expect(await inUnit({ fallbacks }, () => wired.client.stock())).toEqual({ id: 0 });
    expect(await inUnit({ fallbacks }, () => wired.client.asked({ id: 7 }))).toEqual({ id: -7 });
    expect([...fallbacks]).toEqual(['payment.stock', 'payment.asked']);
    expect(wired.outcomes).toEqual(['payment.stock FALLBACK', 'payment.asked FALLBACK']);
    payment.answers(OK);
    expect(await wired.client.stock()).toEqual({ id: 1 });
    expect(wired.outcomes.at(-1)).toBe('payment.stock OK');
  });

  it('is there while the circuit is open', async () => {
    await using payment = await startStandIn();
    await using wired = wiredClient(Payments, [payment.url]);
    wired.caller.force('payment.stock', 'open');
    expect(await wired.client.stock()).toEqual({ id: 0 });
  });

  it('is not for a caller that has gone, nor for one that asks wrongly', async () => {
    await using payment = await startStandIn();
    await using wired = wiredClient(Payments, [payment.url]);
    await expect(wired.client.stock({ signal: AbortSignal.abort() })).rejects.toThrow(RemoteCallAbortedError);
    await expect(wired.client.asked({ id: 0.5 })).rejects.toThrow(InvalidInputError);
  });
});

describe('a mistake of ours', () => {
  const broken = (change: { readonly headers?: Readonly<Record<string, string>>; readonly url?: string }) => {
    @FeignClient({
      name: 'payment',
      circuit: { minCalls: 10 },
      outliers: { failures: 1 },
      interceptors: [
        (request) => ({ ...request, ...change, headers: { ...request.headers, ...change.headers } }),
      ],
    })
    class Broken {
      readonly read = get('/payments/1', { returns, fallback: { id: 0 } });
      readonly book = post('/bookings', { body: z.string(), returns, undo: true, fallback: { id: 0 } });
    }
    return Broken;
  };

  it.each([
    ['a header that breaks the line', { headers: { authorization: 'Bearer s3cret\n y' } }],
    ['a header that is not supported', { headers: { expect: '100-continue' } }],
    ['a length that is not that of the body', { headers: { 'content-length': '7' } }],
    ['another host', { url: 'http://localhost:1/' }],
  ])(
    'in an interceptor is no outage of the other service, and no fallback hides it: %s',
    async (_, change) => {
      await using payment = await startStandIn();
      await using wired = wiredClient(broken(change), [payment.url, `${payment.url}/other`]);
      for (let i = 0; i < 10; i++) {
        const failure = await failureOf(inUnit({}, () => wired.client.book('two')));
        expect(failure).toBeInstanceOf(InterceptorError);
        expect((failure as Error).message).not.toContain('s3cret');
      }
      const [client] = wired.caller.all();
      expect(client!.operations[1]).toMatchObject({ operation: 'payment.book', circuit: 'closed', calls: 0 });
      expect(client!.targets).toMatchObject([{ failuresInARow: 0 }, { failuresInARow: 0 }]);
      expect(wired.failed[0]).toBe('key-1 unsent');
      expect(payment.requests).toEqual([]);
    },
  );

  it('in where it is called from is not hidden by a fallback either', async () => {
    await using payment = await startStandIn();
    await using wired = wiredClient(broken({}), [payment.url]);
    await expect(wired.client.book('two')).rejects.toThrow(NoUnitOfWorkError);
  });
});
