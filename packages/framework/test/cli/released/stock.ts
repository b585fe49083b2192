import { z } from 'zod';
import { DomainEvent } from '../../../src/model/domain-event.js';
import { PolicyHandler, Whenever } from '../../../src/model/policy-handler.js';
import { defineService } from '../../../src/model/service-definition.js';

const sold = z.object({ id: z.number().int(), qty: z.number().int() });

class Sold extends DomainEvent('Sold', sold, { key: (e) => e.id }) {}

/** What has come in. */
export const taken: { readonly id: number; readonly qty: number }[] = [];

@PolicyHandler()
class StockPolicies {
  @Whenever(Sold)
  take({ id, qty }: Sold) {
    taken.push({ id, qty });
  }
}

export const stock = defineService({ name: 'stock', port: 0, policies: [StockPolicies] });
