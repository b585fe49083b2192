import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Aggregate } from '../../src/model/aggregate.js';
import { AggregateRoot } from '../../src/model/aggregate-root.js';
import { inject } from '../../src/model/ambient.js';
import { DomainEvent } from '../../src/model/domain-event.js';
import { PostPersist } from '../../src/model/lifecycle-hooks.js';
import { PolicyHandler, Whenever } from '../../src/model/policy-handler.js';
import { repositoryOf } from '../../src/model/repository.js';
import { defineService } from '../../src/model/service-definition.js';
import { ReadModel, View, ViewHandler, When } from '../../src/model/view-handler.js';
import { openLab } from '../fixtures/lab.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';
import { until } from '../fixtures/until.js';

class Placed extends DomainEvent('Placed', z.object({ id: z.number(), product: z.string() }), {
  key: (e) => e.id,
}) {}
class Paid extends DomainEvent('Paid', z.object({ id: z.number(), orderId: z.number() }), {
  key: (e) => e.orderId,
}) {}

@Aggregate({ collection: 'orders' })
class Order extends AggregateRoot(z.object({ product: z.string() })) {
  @PostPersist()
  placed() {
    new Placed(this).publishAfterCommit();
  }
}

@Aggregate({ collection: 'payments', indexes: ['orderId'] })
class Payment extends AggregateRoot(z.object({ orderId: z.number() })) {
  @PostPersist()
  paid() {
    new Paid(this).publishAfterCommit();
  }
}

@PolicyHandler()
class Policies {
  private readonly payments = inject(repositoryOf(Payment));
  @Whenever(Placed)
  pay(event: Placed) {
    this.payments.add(new Payment({ orderId: event.id }));
  }
}

@View({ collection: 'traces', finders: { findByProduct: ['product'] } })
class Trace extends ReadModel(
  z.object({ product: z.string().nullable().default(null), paymentId: z.number().nullable().default(null) }),
) {}

@ViewHandler(Trace)
class TraceView {
  @When(Placed, { id: (e) => e.id })
  placed(event: Placed, row: Trace) {
    row.product = event.product;
  }
  @When(Paid, { id: (e) => e.orderId })
  paid(event: Paid, row: Trace) {
    row.paymentId = event.id;
  }
}

const shop = defineService({
  name: 'shop',
  port: 0,
  aggregates: [Order, Payment],
  events: [Placed, Paid],
  policies: [Policies],
  views: [TraceView],
});

describe('an event on its way', () => {
  it('reaches policies and views once each, and what they do goes on', async () => {
    using folder = temporaryFolder();
    await using lab = await openLab(folder.path, shop);
    for (let i = 1; i <= 50; i++) {
      await lab.run(() => inject(repositoryOf(Order)).add(new Order({ product: `p${i}` })));
    }
    const traces = lab.assembly.collections.find(({ name }) => name === 'traces')!;
    const page = await until(
      () => traces.page({}, 0, 100),
      ({ content }) =>
        content.length === 50 && content.every(({ fields }) => fields['product'] && fields['paymentId']),
    );
    expect(page.content.map(({ id }) => id)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    const payments = lab.assembly.collections.find(({ name }) => name === 'payments')!;
    expect((await payments.page({})).totalElements).toBe(50);
  });
});
