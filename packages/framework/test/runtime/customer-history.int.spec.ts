import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Aggregate } from '../../src/model/aggregate.js';
import { AggregateRoot } from '../../src/model/aggregate-root.js';
import { inject } from '../../src/model/ambient.js';
import { FeignClient } from '../../src/model/feign-client.js';
import { post } from '../../src/model/http-operation.js';
import { PostPersist } from '../../src/model/lifecycle-hooks.js';
import { defineService } from '../../src/model/service-definition.js';
import { startTestService } from '../../src/testing/service-harness.js';
import { startStandIn } from '../../src/testing/stand-in-server.js';

/** How long the history takes for a record. */
const WRITING_MS = 3_000;
const AT_ONCE = 4;

@FeignClient({ name: 'customerhist', timeoutMs: 20_000, bulkhead: { maxConcurrent: AT_ONCE } })
class HistoryClient {
  readonly write = post('/histories', { body: z.object({ customer: z.int(), kind: z.string() }) });
}

@Aggregate({ collection: 'customers' })
class Customer extends AggregateRoot(z.object({ name: z.string() })) {
  @PostPersist()
  begun() {
    return inject(HistoryClient).write({ customer: this.id, kind: 'NEW' });
  }
}

const customers = defineService({
  name: 'customer',
  port: 0,
  aggregates: [Customer],
  clients: [HistoryClient],
});

describe('a customer service whose history takes 3 s for each new customer', () => {
  it(`registers ${AT_ONCE} at once, and tells the others at once to come back`, async () => {
    await using history = await startStandIn();
    history.answers(async () => {
      await new Promise((written) => setTimeout(written, WRITING_MS));
      return { status: 201 };
    });
    await using service = await startTestService(customers, { settings: { CUSTOMERHIST_URL: history.url } });
    const register = async (name: string) => {
      const begin = performance.now();
      const answer = await service.request<{ code?: string }>('POST', '/customers', { name });
      return { ...answer, ms: performance.now() - begin };
    };
    const registering = Array.from({ length: 3 * AT_ONCE }, (_, index) => register(`test ${index}`));
    const refused = (await Promise.all(registering)).filter(({ status }) => status !== 201);
    const registered = (await Promise.all(registering)).filter(({ status }) => status === 201);

    expect(registered).toHaveLength(AT_ONCE);
    for (const { ms } of registered) expect(ms).toBeGreaterThanOrEqual(WRITING_MS - 50);
    expect(refused).toHaveLength(2 * AT_ONCE);
    for (const { status, body, headers, ms } of refused) {
      expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'REMOTE_BULKHEAD_FULL', '1']);
      // nothing that is waited for, on a busy machine
      expect(ms).toBeLessThan(WRITING_MS / 2);
    }
    expect(history.requests).toHaveLength(AT_ONCE);
    expect(await service.stored(Customer)).toHaveLength(AT_ONCE);
    // whoever comes again later has a place
    expect((await register('again')).status).toBe(201);
  }, 30_000);
});
