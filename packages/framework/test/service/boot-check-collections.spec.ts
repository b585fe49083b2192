import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Aggregate } from '../../src/model/aggregate.js';
import { AggregateRoot } from '../../src/model/aggregate-root.js';
import { Command } from '../../src/model/command.js';
import { DomainEvent } from '../../src/model/domain-event.js';
import { type ServiceOptions, defineService } from '../../src/model/service-definition.js';
import { ReadModel, View, ViewHandler, When } from '../../src/model/view-handler.js';
import { bootFaults } from '../../src/service/boot-check.js';
import { defineGateway } from '../../src/model/gateway-definition.js';

const state = z.object({ product: z.string(), tags: z.array(z.string()).default([]) });
class Placed extends DomainEvent('Placed', z.object({ id: z.int() }), { key: (e) => e.id }) {}

@Aggregate({ collection: 'orders' })
class Order extends AggregateRoot(state) {}

const faultsOf = (parts: Partial<ServiceOptions>): string[] =>
  bootFaults(defineService({ name: 'shop', port: 0, ...parts })).map(({ what, fix }) => `${what} (${fix})`);
// what the compiler would not let through, as it comes from JavaScript or from `as`
const untyped = (thing: unknown) => thing as never;

describe('of collections the boot check finds', () => {
  it('one that two claim, whatever the case, also an aggregate and a view', () => {
    @Aggregate({ collection: 'ORDERS'.toLowerCase() })
    class Other extends AggregateRoot(state) {}
    @View({ collection: 'orderS' })
    class Row extends ReadModel(z.object({ product: z.string().default('') })) {}
    @ViewHandler(Row)
    class Rows {
      @When(Placed, { id: (e) => e.id }) on(_given: Placed, _row: Row) {}
    }
    expect(faultsOf({ aggregates: [Order, Other], views: [Rows] })).toEqual([
      'the collection orders is claimed by Order and Other and Row (give each a collection of its own)',
    ]);
  });

  it('one that only inherits where it lives', () => {
    class Inherits extends Order {}
    expect(faultsOf({ aggregates: [Order, Inherits] })).toEqual([
      'the collection orders is claimed by Order and Inherits (give each a collection of its own)',
    ]);
  });

  it.each(['', 'Orders', 'my-orders', 'my orders', '1st', 'actuator', 'profile', 'v3', 'skanu_outbox'])(
    'the name %j',
    (collection) => {
      @Aggregate({ collection })
      class Wrong extends AggregateRoot(state) {}
      expect(faultsOf({ aggregates: [Wrong] })).toEqual([
        `Wrong has the collection ${JSON.stringify(collection)} (use letters and digits, beginning with a small one, and none of the paths of the framework)`,
      ]);
    },
  );

  it('classes without a decorator, and without a schema', () => {
    class NoCollection extends AggregateRoot(state) {}
    class NoSchema {
      readonly name = 'noschema';
    }
    expect(faultsOf({ aggregates: [NoCollection, untyped(NoSchema)] })).toEqual([
      'NoCollection has no collection (put @Aggregate({ collection }) on the class)',
      'NoSchema has no schema (let it extend AggregateRoot(schema))',
    ]);
  });

  it('finders and indexes on fields that are not there, or hold no plain value, each once', () => {
    @Aggregate(
      untyped({
        collection: 'wrong',
        finders: { findByColour: ['colour'], findByTags: ['product', 'tags'], findById: ['id'] },
        indexes: ['size', ['product', 'colour']],
      }),
    )
    class Wrong extends AggregateRoot(state) {}
    expect(faultsOf({ aggregates: [Wrong] })).toEqual([
      'the finder findByColour of Wrong searches by colour, which is no field (use one of product, tags)',
      'the finder findByTags of Wrong searches by tags, which is no plain value (search by a field with a plain value)',
      'the finder findById of Wrong searches by id, which is no field (use one of product, tags)',
      'an index of Wrong searches by size, which is no field (use one of product, tags)',
    ]);
  });

  it('finders that nobody could ask for', () => {
    @Aggregate({ collection: 'wrong', finders: { 'by product': ['product'], findAll: [] } })
    class Wrong extends AggregateRoot(state) {}
    expect(faultsOf({ aggregates: [Wrong] })).toEqual([
      'Wrong has the finder "by product" (use letters and digits, beginning with a small one)',
      'the finder findAll of Wrong asks for nothing (name the fields that it searches by)',
    ]);
  });

  it('fields with the names of members, and fields that databases do not tell apart', () => {
    const fields = {
      id: z.int(),
      changed: z.boolean(),
      ship: z.string(),
      _secret: z.string(),
      Product: z.string(),
    };
    @Aggregate({ collection: 'wrong' })
    class Wrong extends AggregateRoot(state.extend(fields)) {
      get shipped() {
        return true;
      }
    }
    Object.defineProperty(Wrong.prototype, 'ship', { value: () => {} });
    expect(faultsOf({ aggregates: [untyped(Wrong)] })).toEqual([
      ...['id', 'changed', 'ship', '_secret'].map(
        (field) =>
          `the field Wrong.${field} has the name of a member of the class (rename the field or the member)`,
      ),
      'the fields product and Product of Wrong differ only in upper and lower case (databases do not tell them apart: rename one)',
    ]);
  });

  it('fields whose schema does not take what it makes', () => {
    const asDate = z.codec(z.iso.datetime(), z.date(), {
      decode: (t) => new Date(t),
      encode: (d) => d.toISOString(),
    });
    @Aggregate({ collection: 'wrong' })
    class Wrong extends AggregateRoot(
      state.extend({ due: asDate, trimmed: z.string().transform((t) => t.trim()) }),
    ) {}
    expect(faultsOf({ aggregates: [Wrong] })).toEqual([
      'the schema of Wrong.due makes another kind of value of what it takes (use the schema of the value that is kept; JSON is brought to it anyway)',
    ]);
  });

  it('commands with a path that cannot be, or that two claim', () => {
    @Aggregate({ collection: 'wrong' })
    class Wrong extends AggregateRoot(state) {
      @Command('PUT', 'cancel') cancel() {}
      @Command('PUT', 'cancel') cancelToo() {}
      @Command('POST', 'cancel') cancelOtherwise() {}
      @Command('PUT', 'a/b') nested() {}
    }
    expect(faultsOf({ aggregates: [Wrong] })).toEqual([
      'the command Wrong.nested has the path "a/b" (use one path segment of letters, digits and hyphens)',
      'the command PUT cancel is claimed by Wrong.cancel and Wrong.cancelToo (give one of them another path)',
    ]);
  });

  it('rows that cannot be made of nothing but their id', () => {
    @View({ collection: 'rows' })
    class Row extends ReadModel(
      z.object({ product: z.string(), qty: z.int(), note: z.string().optional() }),
    ) {}
    @ViewHandler(Row)
    class Rows {
      @When(Placed, { id: (e) => e.id }) on(_given: Placed, _row: Row) {}
    }
    expect(faultsOf({ views: [Rows] })).toEqual([
      'a new row of Row cannot be made without product, qty (make them optional, nullable with a default, or give them defaults)',
    ]);
  });
});

describe('rows of a view', () => {
  class Sold extends DomainEvent('Sold', z.object({ id: z.number(), shop: z.string() }), {
    key: (e) => e.id,
  }) {}

  it('made by where need something that keeps them unique', () => {
    @View({ collection: 'rows' })
    class Row extends ReadModel(z.object({ shop: z.string().default('') })) {}
    @ViewHandler(Row)
    class Rows {
      @When(Sold, { where: (e) => ({ shop: e.shop }) }) sold() {}
    }
    expect(bootFaults(defineService({ name: 'sales', port: 0, views: [Rows] }))).toEqual([
      {
        what: 'rows of Row are made by where, and nothing keeps two events from making two',
        fix: 'name the fields in unique of @View, or say create: false',
      },
    ]);
  });

  it('are not made by id and by where both', () => {
    @View({ collection: 'rows', unique: ['shop'] })
    class Row extends ReadModel(z.object({ shop: z.string().default('') })) {}
    @ViewHandler(Row)
    class Rows {
      @When(Sold, { id: (e) => e.id }) one() {}
      @When(Sold, { where: (e) => ({ shop: e.shop }) }) other() {}
    }
    expect(bootFaults(defineService({ name: 'sales', port: 0, views: [Rows] }))).toEqual([
      {
        what: 'rows of Row are made by id and by where, so that ids that are given meet ids that are counted',
        fix: 'say create: false where rows are found by where',
      },
    ]);
  });
});

describe('names and gateways', () => {
  it('a service is called what a file and a group can be called', () => {
    const [fault] = bootFaults(defineService({ name: 'Bad Name/..', port: 0 }));
    expect(fault!.what).toContain('the service is called "Bad Name/.."');
  });

  it('a gateway is checked like a service', () => {
    const routes = [
      { path: '/orders', service: 'order' },
      { path: '/orders/', service: 'shop', url: 'http://shop:8080' },
      { path: '/actuator', service: 'shop', url: 'http://shop:8080' },
    ];
    const faults = bootFaults(defineGateway({ name: 'gateway', port: 0, routes }));
    expect(faults.map(({ what }) => what)).toEqual([
      'the route /orders has no URL for order',
      'the route "/actuator" is no path of a service',
      'the path /orders is routed to order and shop',
    ]);
  });
});
