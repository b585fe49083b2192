import { z } from 'zod';
import type { OpenApiDocument } from '../../src/contracts/service-contract.js';
import { AggregateRoot } from '../../src/model/aggregate-root.js';
import { Aggregate } from '../../src/model/aggregate.js';
import { Command } from '../../src/model/command.js';
import { DomainEvent } from '../../src/model/domain-event.js';
import { FeignClient } from '../../src/model/feign-client.js';
import { defineGateway } from '../../src/model/gateway-definition.js';
import { get, post } from '../../src/model/http-operation.js';
import { PostPersist } from '../../src/model/lifecycle-hooks.js';
import { PolicyHandler, Whenever } from '../../src/model/policy-handler.js';
import { defineService } from '../../src/model/service-definition.js';
import { Undo } from '../../src/model/undo.js';
import { ReadModel, View, ViewHandler, When } from '../../src/model/view-handler.js';

/** A layer of a cake, which may be made of others. */
const layer = z.object({
  of: z.string(),
  get inside() {
    return z.array(layer);
  },
});

const money = z.object({ amount: z.number().int(), currency: z.enum(['EUR', 'KRW']) }).meta({ id: 'Money' });

/** All kinds of fields that documents have to do with. */
const cakeState = z.object({
  name: z.string().min(1),
  bakedAt: z.date().default(() => new Date()),
  code: z.string().default(() => crypto.randomUUID()),
  serial: z.bigint().default(1n),
  size: z.tuple([z.number(), z.number()]).default([20, 8]),
  price: money.default({ amount: 900, currency: 'EUR' }),
  layers: z.array(layer).default([]),
  labels: z.record(z.string(), z.string()).default({}),
  eaten: z.boolean().default(false).meta({ readOnly: true }),
});

const baked = cakeState.extend({ id: z.number().int() });
export class CakeBaked extends DomainEvent('CakeBaked', baked, {
  key: (e) => e.id,
  version: 2,
  alsoAs: {
    1: {
      schema: z.object({ id: z.number().int(), title: z.string() }),
      from: ({ id, name }) => ({ id, title: name }),
    },
  },
}) {}

/** A name that is no name of a file. */
export class CakeEaten extends DomainEvent('cake/eaten *', z.object({ id: z.number().int() }), {
  key: (e) => e.id,
}) {}

@Aggregate({ collection: 'cakes', finders: { findByName: ['name'] } })
export class Cake extends AggregateRoot(cakeState) {
  @PostPersist()
  baked() {
    new CakeBaked({ ...this, id: this.id }).publishAfterCommit();
    if (this.name === 'crumbs') new CakeEaten({ id: this.id }).publishAfterCommit();
  }
  @Command('POST', 'layers', { body: layer })
  addLayer(one: z.output<typeof layer>) {
    this.layers.push(one);
  }
  @Command('PUT', 'layers', { body: z.object({ layers: z.array(layer) }) })
  setLayers({ layers }: { layers: z.output<typeof layer>[] }) {
    this.layers = layers;
  }
  @Undo()
  eat() {
    this.eaten = true;
  }
}

class EatenCake extends DomainEvent('cake/eaten *', z.object({ id: z.number().int() }), {
  key: (e) => e.id,
}) {}

@View({ collection: 'plates' })
export class Plate extends ReadModel(z.object({ empty: z.boolean().default(false) })) {}

@ViewHandler(Plate)
class PlateView {
  @When(EatenCake, { id: (e) => e.id })
  eaten(_event: EatenCake, plate: Plate) {
    plate.empty = true;
  }
}

class Milk extends DomainEvent('MilkCame', z.object({ litres: z.number() }), { key: (e) => e.litres }) {}

@PolicyHandler()
class BakeryPolicies {
  @Whenever(Milk)
  store() {}
}

export const bakery = defineService({
  name: 'bakery',
  port: 0,
  topic: 'sweets',
  version: '1.2.3',
  aggregates: [Cake],
  events: [CakeBaked, CakeEaten],
  policies: [BakeryPolicies],
});

class FirstCake extends DomainEvent('CakeBaked', z.object({ id: z.number().int(), title: z.string() }), {
  key: (e) => e.id,
}) {}

@PolicyHandler()
class GuestPolicies {
  @Whenever(FirstCake)
  lookForward() {}
}

@FeignClient({ name: 'bakery' })
class BakeryClient {
  readonly order = post('/cakes', {
    body: z.object({ name: z.string() }),
    returns: z.object({ id: z.number().int(), price: z.object({ currency: z.string() }) }),
    undo: true,
  });
}

@FeignClient({ name: 'bank' })
class BankClient {
  readonly balance = get('/balances/{id}', { returns: z.object({ left: z.number() }) });
}

/** Reads the first version of a cake, calls the bakery, and somebody who is not here. */
export const guest = defineService({
  name: 'guest',
  port: 0,
  topic: 'sweets',
  policies: [GuestPolicies],
  views: [PlateView],
  clients: [BakeryClient, BankClient],
});

export const counter = defineGateway({
  name: 'counter',
  port: 0,
  routes: [{ path: '/cakes', service: 'bakery' }],
});

/** All that a document refers to inside of itself and does not have. */
export function brokenRefs(document: OpenApiDocument | object): string[] {
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"(#[^"]*)"/g)].map(([, ref]) => ref!);
  return refs.filter((ref) => {
    const names = ref
      .split('/')
      .slice(1)
      .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
    let at: unknown = document;
    for (const name of names) at = (at as Record<string, unknown> | undefined)?.[name];
    return at === undefined;
  });
}
