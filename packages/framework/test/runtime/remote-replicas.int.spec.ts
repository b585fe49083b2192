import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { RemoteRefusedError } from '../../src/kernel/errors/remote-errors.js';
import { FeignClient } from '../../src/model/feign-client.js';
import { get, post } from '../../src/model/http-operation.js';
import { type StandIn, startStandIn } from '../../src/testing/stand-in-server.js';
import { wiredClient } from '../fixtures/wired-client.js';

@FeignClient({
  name: 'stock',
  timeoutMs: 10_000,
  outliers: { failures: 1, ejectMs: 180_000 },
  interceptors: [
    (request) => ({ ...request, headers: { ...request.headers, 'x-signed': request.body ?? '' } }),
  ],
})
class StockClient {
  readonly read = get('/stock/{id}', { returns: z.object({ left: z.int() }) });
  readonly readSurely = get('/stock/{id}', {
    returns: z.object({ left: z.int() }),
    retry: { attempts: 2, baseMs: 1 },
  });
  readonly take = post('/stock/takes', {
    body: z.object({ item: z.string(), sizes: z.array(z.string()) }),
    bodyKind: 'form',
  });
}

const counts = (all: readonly StandIn[]) => all.map(({ requests }) => requests.length);

async function threeReplicas() {
  const all = [await startStandIn(), await startStandIn(), await startStandIn()];
  for (const one of all) one.answers({ status: 200, body: { left: 3 } });
  return {
    all,
    async [Symbol.asyncDispose]() {
      for (const one of all) await one[Symbol.asyncDispose]();
    },
  };
}

describe('a client of three replicas', () => {
  it('shares its calls among them', async () => {
    await using replicas = await threeReplicas();
    await using wired = wiredClient(
      StockClient,
      replicas.all.map(({ url }) => url),
    );
    for (let i = 0; i < 9; i++) await wired.client.read({ id: 1 });
    expect(counts(replicas.all)).toEqual([3, 3, 3]);
  });

  it('calls one that answers 500 no more, and shows that', async () => {
    await using replicas = await threeReplicas();
    await using wired = wiredClient(
      StockClient,
      replicas.all.map(({ url }) => url),
    );
    const bad = replicas.all[1]!;
    bad.answers({ status: 500 });
    const failures: unknown[] = [];
    for (let i = 0; i < 30; i++) await wired.client.read({ id: 1 }).catch((error) => failures.push(error));
    expect(failures).toEqual([expect.any(RemoteRefusedError)]);
    expect(bad.requests).toHaveLength(1);
    const ejected = wired.caller.all()[0]!.targets.filter(({ isEjected }) => isEjected);
    expect(ejected).toMatchObject([{ url: bad.url, failuresInARow: 1 }]);
  });

  it('loses no call when one of them dies', async () => {
    await using replicas = await threeReplicas();
    await using wired = wiredClient(
      StockClient,
      replicas.all.map(({ url }) => url),
    );
    for (let i = 0; i < 3; i++) await wired.client.read({ id: 1 });
    const [dead, ...others] = replicas.all;
    await dead![Symbol.asyncDispose]();
    // the first may meet a connection that is just being closed: only a call that may be made again survives that
    for (let i = 0; i < 30; i++) expect(await wired.client.readSurely({ id: 1 })).toEqual({ left: 3 });
    expect(Math.min(...counts(others))).toBeGreaterThan(10);
  });
});

describe('a form', () => {
  it('goes over the wire as one, with what the interceptors make of it', async () => {
    await using stock = await startStandIn();
    stock.answers({ status: 204 });
    await using wired = wiredClient(StockClient, [stock.url]);
    await wired.client.take({ item: 'flat white', sizes: ['s', 'm'] });
    expect(stock.requests).toMatchObject([
      {
        method: 'POST',
        path: '/stock/takes',
        body: 'item=flat+white&sizes=s&sizes=m',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-signed': 'item=flat+white&sizes=s&sizes=m',
        },
      },
    ]);
  });
});
