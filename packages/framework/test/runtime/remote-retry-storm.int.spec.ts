import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { problemOf } from '../../src/http/problem.js';
import { FeignClient } from '../../src/model/feign-client.js';
import { get, post } from '../../src/model/http-operation.js';
import { type StandInAnswer, startStandIn } from '../../src/testing/stand-in-server.js';
import { type WiredClient, inUnit, wiredClient } from '../fixtures/wired-client.js';

const BUDGET = 0.2;
/** Of each client, in 10 s. */
const FREE = 10;

@FeignClient({
  name: 'next',
  timeoutMs: 10_000,
  circuit: false,
  retry: { attempts: 4, baseMs: 1, capMs: 5_000 },
  retryBudget: BUDGET,
})
class Next {
  readonly read = get('/things', { returns: z.object({ id: z.int() }) });
  readonly book = post('/things', { returns: z.object({ id: z.int() }), undo: true, retry: { attempts: 4 } });
}

/** A service that answers with what the next one says, and with its errors as a service of the framework does. */
async function hop(next: string) {
  const server = await startStandIn();
  const wired = wiredClient(Next, [next]);
  server.answers(async ({ method }): Promise<StandInAnswer> => {
    try {
      if (method === 'DELETE') return { status: 204 };
      const { client } = wired;
      return {
        status: 200,
        body: await (method === 'GET' ? client.read() : inUnit({}, () => client.book())),
      };
    } catch (error) {
      const { problem } = problemOf(error, {});
      return {
        status: problem.status,
        headers: { 'content-type': 'application/problem+json' },
        body: problem,
      };
    }
  });
  return {
    url: server.url,
    server,
    wired,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await wired[Symbol.asyncDispose]();
    },
  };
}

async function offered(calls: number, call: () => Promise<unknown>): Promise<void> {
  let left = calls;
  const customer = async () => {
    while (left-- > 0) await call().catch(() => {});
  };
  await Promise.all(Array.from({ length: 20 }, customer));
}

/** Undoes the calls that failed and may have been begun, as a service does that does not commit. */
async function undone({ failed, undos }: WiredClient<Next>): Promise<void> {
  for (const failure of failed) {
    const [key, whether] = failure.split(' ');
    if (whether === 'sent') await undos.get('next.book')!(key!, 0, new AbortController().signal);
  }
}

describe('three services in a row that all try again', () => {
  it('bring the last one at most the calls and the budget of one of them, while it fails', async () => {
    await using last = await startStandIn();
    await using second = await hop(last.url);
    await using first = await hop(second.url);
    await using customers = wiredClient(Next, [first.url]);
    last.answers({ status: 503 });

    await offered(500, () => customers.client.read());

    expect(customers.outcomes).toHaveLength(500);
    expect(last.requests.length).toBeGreaterThan(500);
    expect(last.requests.length).toBeLessThanOrEqual(500 * (1 + BUDGET) + FREE);
    // those above know that it is not the one that they asked
    expect(second.server.requests).toHaveLength(500);
    expect(first.server.requests).toHaveLength(500);
  }, 30_000);

  it('bring it no more than that of calls with an undo, and nothing to undo, while it sheds load', async () => {
    await using last = await startStandIn();
    await using second = await hop(last.url);
    await using first = await hop(second.url);
    await using customers = wiredClient(Next, [first.url]);
    const headers = { 'content-type': 'application/problem+json' };
    last.answers(({ method }) =>
      method === 'DELETE' ? { status: 204 } : { status: 503, headers, body: { code: 'OVERLOADED' } },
    );

    await offered(500, () => inUnit({}, () => customers.client.book()));
    for (const wired of [customers, first.wired, second.wired]) await undone(wired);

    expect(last.requests.length).toBeGreaterThan(500);
    expect(last.requests.length).toBeLessThanOrEqual(500 * (1 + BUDGET) + FREE);
    // those above do not know that nothing was begun further down
    expect(second.server.requests.filter(({ method }) => method === 'DELETE')).toHaveLength(500);
  }, 30_000);
});
