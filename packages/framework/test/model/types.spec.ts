import { describe, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import {
  Aggregate,
  AggregateRoot,
  Command,
  type Criteria,
  DomainEvent,
  FeignClient,
  PolicyHandler,
  PostUpdate,
  ReadModel,
  type Repository,
  View,
  ViewHandler,
  When,
  Whenever,
  del,
  get,
  inject,
  post,
  put,
  repositoryOf,
} from '../../src/index.js';

// What must not compile stands under @ts-expect-error: tsc fails where it compiles after all.

const state = z.object({
  product: z.string(),
  qty: z.int(),
  status: z.enum(['Placed', 'Cancelled']).default('Placed'),
  note: z.string().optional(),
  due: z.date().nullable().default(null),
  tags: z.array(z.string()).default([]),
});

class Placed extends DomainEvent('Placed', z.object({ id: z.int(), product: z.string() }), {
  key: (e) => e.id,
}) {}
class Paid extends DomainEvent('Paid', z.object({ id: z.int(), orderId: z.int() }), {
  key: (e) => e.orderId,
}) {}

@Aggregate({
  collection: 'orders',
  finders: { findByStatus: ['status'], findByNote: ['note', 'status'] },
  indexes: ['product', ['qty', 'note']],
  unique: ['due'],
})
class Order extends AggregateRoot(state) {
  cancel() {
    this.status = 'Cancelled';
  }
}

@View({ collection: 'traces', finders: { findByProduct: ['product'] } })
class Trace extends ReadModel(z.object({ product: z.string().nullable().default(null) })) {}
@View({ collection: 'others' })
class Other extends ReadModel(z.object({ colour: z.string().nullable().default(null) })) {}

describe('an aggregate', () => {
  it('is typed by its schema', () => {
    const order = new Order({ product: 'tea', qty: 1 });
    expectTypeOf(order.status).toEqualTypeOf<'Placed' | 'Cancelled'>();
    expectTypeOf(order.due).toEqualTypeOf<Date | null>();
    expectTypeOf(order.previous('qty')).toEqualTypeOf<number | undefined>();
    expectTypeOf(order.changed('note')).toEqualTypeOf<boolean>();
    const misuses = () => {
      // @ts-expect-error no such field
      order.changed('nope');
      // @ts-expect-error no such field
      order.previous('id');
      // @ts-expect-error not one of its values
      order.status = 'Lost';
      // @ts-expect-error set by the framework
      order.id = 3;
      // @ts-expect-error a field is missing
      void new Order({ product: 'tea' });
      // @ts-expect-error another type
      void new Order({ product: 'tea', qty: '1' });
    };
    void misuses;
  });

  it('is searched by fields that it has', () => {
    // @ts-expect-error a finder on an unknown field
    @Aggregate({ collection: 'a', finders: { a: ['nope'] } })
    class A extends AggregateRoot(state) {}
    // @ts-expect-error an index on an unknown field
    @Aggregate({ collection: 'b', indexes: ['product', 'nope'] })
    class B extends AggregateRoot(state) {}
    // @ts-expect-error a method is no field
    @Aggregate({ collection: 'c', unique: [['product', 'changed']] })
    class C extends AggregateRoot(state) {}
    // @ts-expect-error a finder on an unknown field
    @View({ collection: 'd', finders: { a: ['nope'] } })
    class D extends ReadModel(z.object({ product: z.string().default('') })) {}
    // @ts-expect-error no aggregate
    @Aggregate({ collection: 'e' })
    class E {
      readonly name = 'e';
    }
    void [A, B, C, D, E];
  });

  it('takes hooks and commands that fit', () => {
    const body = z.object({ reason: z.string(), times: z.int().default(1) });
    class Good extends AggregateRoot(state) {
      @PostUpdate() returnsSomething() {
        return 1;
      }
      @PostUpdate() async returnsLater() {}
      @Command('PUT', 'cancel') cancel() {}
      @Command('PUT', 'cancel', { body }) async refuse(_given: { reason: string; times: number }) {}
      @Command('PUT', 'cancel', { body }) readsLess(_given: { reason: string }) {}
    }
    class Bad extends AggregateRoot(state) {
      // @ts-expect-error a hook gets nothing
      @PostUpdate() takesSomething(_given: string) {}
      // @ts-expect-error a command without a body gets nothing
      @Command('PUT', 'cancel') cancel(_given: object) {}
      // @ts-expect-error another body
      @Command('PUT', 'cancel', { body }) refuse(_given: { reason: number }) {}
      // @ts-expect-error no such method of HTTP
      @Command('FETCH', 'cancel') fetch() {}
    }
    void [Good, Bad];
  });
});

describe('handlers', () => {
  it('of events get those events', () => {
    @PolicyHandler()
    class Policies {
      @Whenever(Placed) placed(_given: Placed) {}
      @Whenever(Placed) counts() {}
      @Whenever(Placed) async givesSomethingBack(_given: Placed) {
        return 1;
      }
      @Whenever(Placed) @Whenever(Paid) either(_given: Placed | Paid) {}
      // @ts-expect-error another event
      @Whenever(Placed) paid(_given: Paid) {}
      // @ts-expect-error nobody gives a second argument
      @Whenever(Placed) two(_given: Placed, _row: Trace) {}
      // @ts-expect-error no event
      @Whenever(Order) order(_given: Order) {}
    }
    void Policies;
  });

  it('of views get the rows of their model', () => {
    @ViewHandler(Trace)
    class Good {
      @When(Placed, { id: (e) => e.id }) placed(_given: Placed, row: Trace) {
        row.product = 'tea';
      }
      @When(Placed, { where: (e) => ({ product: e.product }), create: false }) also(
        _given: Placed,
        _row: Trace,
      ) {}
      @When(Placed, { id: (e) => e.id }) @When(Paid, { id: (e) => e.id }) either(
        _given: Placed | Paid,
        __: Trace,
      ) {}
      @When(Placed, { id: (e) => e.id }) onlyMakes() {}
    }
    // @ts-expect-error `wrong` takes the rows of another model
    @ViewHandler(Trace)
    class Bad {
      @When(Placed, { id: (e) => e.id }) wrong(_given: Placed, _row: Other) {}
    }
    class Worse {
      // @ts-expect-error no row at all
      @When(Placed, { id: (e) => e.id }) noRow(_given: Placed, _row: { x: string }) {}
      // @ts-expect-error another event
      @When(Placed, { id: (e) => e.id }) another(_given: Paid, _row: Trace) {}
      // @ts-expect-error the id is a number
      @When(Placed, { id: (e) => e.product }) textId(_given: Placed, _row: Trace) {}
      // @ts-expect-error no field of the event
      @When(Placed, { id: (e) => e.nope }) unknownField(_given: Placed, _row: Trace) {}
      // @ts-expect-error no field of the row
      @When(Placed, { where: (e) => ({ nope: e.product }) }) where(_given: Placed, _row: Trace) {}
      // @ts-expect-error another type than the field's
      @When(Placed, { where: (e) => ({ product: e.id }) }) whereType(_given: Placed, _row: Trace) {}
    }
    void [Good, Bad, Worse];
  });

  it('publish events that have their fields', () => {
    const misuses = () => {
      // @ts-expect-error a field is missing
      void new Placed({ id: 1 });
      // @ts-expect-error the key is made of the event's own fields
      DomainEvent('X', z.object({ id: z.int() }), { key: (e) => e.nope });
      // @ts-expect-error an event does not change
      new Placed({ id: 1, product: 'tea' }).product = 'coffee';
    };
    void misuses;
  });

  it('publish events in older versions that are made of the event', () => {
    const first = z.object({ id: z.int(), name: z.string().default('-') });
    const now = z.object({ id: z.int(), names: z.array(z.string()) });
    const key = (e: { readonly id: number }) => e.id;
    class Named extends DomainEvent('Named', now, {
      key: (e) => e.id,
      version: 3,
      upcasters: { 1: (fields) => ({ ...fields, names: [fields['name']] }) },
      alsoAs: {
        1: { schema: first, from: (event) => ({ id: event.id, name: event.names[0] }) },
        2: {
          schema: now.extend({ count: z.int() }),
          from: (event) => ({ ...event, count: event.names.length }),
        },
      },
    }) {}
    expectTypeOf<Named['names']>().toEqualTypeOf<string[]>();
    const misuses = () => {
      DomainEvent('X', now, {
        key,
        version: 2,
        // @ts-expect-error the older version wants another type
        alsoAs: { 1: { schema: first, from: (event) => ({ id: event.id, name: event.names }) } },
      });
      // @ts-expect-error a field of the older version is missing
      DomainEvent('X', now, { key, version: 2, alsoAs: { 1: { schema: first, from: () => ({}) } } });
      DomainEvent('X', now, {
        key,
        version: 2,
        // @ts-expect-error the event has no such field
        alsoAs: { 1: { schema: first, from: (e) => ({ id: e.nope }) } },
      });
      // @ts-expect-error an upcaster gives fields
      DomainEvent('X', now, { key, version: 2, upcasters: { 1: () => 'fields' } });
      // @ts-expect-error nobody waits for an upcaster
      DomainEvent('X', now, { key, version: 2, upcasters: { 1: async (fields) => fields } });
      // @ts-expect-error versions are numbers
      DomainEvent('X', now, { key, version: '2' });
    };
    void [Named, misuses];
  });
});

describe('criteria', () => {
  type OrderCriteria = Criteria<z.output<typeof state>>;

  it('name fields with a plain value, and values of their types', () => {
    const good: OrderCriteria[] = [
      {},
      { id: 3, product: 'tea' },
      { id: { in: [1, 2] }, qty: { gte: 1, lt: 5 } },
      { note: null, due: { lt: new Date() }, status: { ne: 'Placed' } },
      { product: { startsWith: 't', contains: 'e' } },
    ];
    const bad: OrderCriteria[] = [
      // @ts-expect-error no such field
      { nope: 1 },
      // @ts-expect-error another type
      { qty: '1' },
      // @ts-expect-error not one of its values
      { status: 'Lost' },
      // @ts-expect-error it would fit everything
      { product: undefined },
      // @ts-expect-error never null
      { qty: null },
      // @ts-expect-error no plain value
      { tags: ['a'] },
      // @ts-expect-error no such comparison
      { qty: { like: 1 } },
      // @ts-expect-error only texts begin with something
      { qty: { startsWith: 1 } },
    ];
    void [good, bad];
  });

  it('are those of the repository', () => {
    const use = async () => {
      const orders = inject(repositoryOf(Order));
      expectTypeOf(orders).toEqualTypeOf<Repository<Order>>();
      expectTypeOf(await orders.find(1)).toEqualTypeOf<Order | undefined>();
      (await orders.get(1)).cancel();
      await orders.page({}, 0, 10, [{ field: 'id', direction: 'desc' }]);
      // @ts-expect-error no such field
      await orders.findBy({ nope: 1 });
      // @ts-expect-error lists have no order
      await orders.page({}, 0, 10, [{ field: 'tags', direction: 'asc' }]);
      // @ts-expect-error another aggregate
      orders.add(new Trace({}));
    };
    void use;
  });
});

describe('a client', () => {
  const view = z.object({ id: z.int() });
  @FeignClient({ name: 'payment' })
  class PaymentClient {
    readonly approve = post('/payments', { body: z.object({ orderId: z.int() }), returns: view });
    readonly find = get('/payments/{id}/lines/{line}', { returns: view });
    readonly search = get('/payments', { query: z.object({ status: z.string() }), returns: z.array(view) });
    readonly cancel = put('/payments/{id}/cancel');
    readonly remove = del('/payments/{id}', { query: z.object({ force: z.boolean().optional() }) });
  }

  it('takes what its operations say, and gives what they return', () => {
    const use = async (client: PaymentClient) => {
      expectTypeOf(await client.approve({ orderId: 1 })).toEqualTypeOf<{ id: number }>();
      expectTypeOf(await client.find({ id: 1, line: 'a' })).toEqualTypeOf<{ id: number }>();
      expectTypeOf(await client.cancel({ id: 1 })).toEqualTypeOf<void>();
      await client.search({ status: 'x' }, { timeoutMs: 5 });
      await client.remove({ id: 1, force: true });
      // @ts-expect-error another type in the body
      await client.approve({ orderId: 'x' });
      // @ts-expect-error no body
      await client.approve();
      // @ts-expect-error a path parameter is missing
      await client.find({ id: 1 });
      // @ts-expect-error a path parameter is missing
      await client.remove({ force: true });
      // @ts-expect-error the query is missing
      await client.search({});
      // @ts-expect-error no such option
      await client.cancel({ id: 1 }, { retries: 3 });
    };
    void use;
  });

  it('is a class without parameters', () => {
    // @ts-expect-error nobody could give it its parameter
    @FeignClient({ name: 'payment' })
    class Demanding {
      constructor(readonly url: string) {}
    }
    void Demanding;
  });
});
