import { expect, it } from 'vitest';
import { z } from 'zod';
import { Aggregate } from '../../src/model/aggregate.js';
import { AggregateRoot } from '../../src/model/aggregate-root.js';
import { ambient, inject } from '../../src/model/ambient.js';
import { FeignClient } from '../../src/model/feign-client.js';
import { get } from '../../src/model/http-operation.js';
import { PostPersist } from '../../src/model/lifecycle-hooks.js';
import { defineService } from '../../src/model/service-definition.js';
import type { UnitOfWork } from '../../src/runtime/unit-of-work.js';
import { startTestService } from '../../src/testing/service-harness.js';
import { startStandIn } from '../../src/testing/stand-in-server.js';

it('a request that called another service is known as such, also when that failed', async () => {
  await using payment = await startStandIn();
  payment.answers({ status: 500 });
  @FeignClient({ name: 'payment', url: payment.url })
  class Payments {
    readonly of = get('/x', { returns: z.number(), fallback: 1 });
  }
  const called: unknown[] = [];
  @Aggregate({ collection: 'sales' })
  class Sale extends AggregateRoot(z.object({ isPaid: z.boolean() })) {
    @PostPersist()
    async pay() {
      if (this.isPaid) await inject(Payments).of();
      called.push([...(ambient.getStore()!.unit as UnitOfWork).origin.called!]);
    }
  }
  const shop = defineService({ name: 'shop', port: 0, aggregates: [Sale], clients: [Payments] });
  await using service = await startTestService(shop);
  for (const isPaid of [true, false]) await service.request('POST', '/sales', { isPaid });
  expect(called).toEqual([['payment.of'], []]);
});
