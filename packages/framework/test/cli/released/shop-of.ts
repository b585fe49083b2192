import { z } from 'zod';
import { AggregateRoot } from '../../../src/model/aggregate-root.js';
import { Aggregate } from '../../../src/model/aggregate.js';
import { DomainEvent, type EventClass } from '../../../src/model/domain-event.js';
import { type ServiceDefinition, defineService } from '../../../src/model/service-definition.js';

/** A shop that sells, with an event of these fields. */
export function shopOf(fields: z.ZodRawShape, version: string, ...more: EventClass[]): ServiceDefinition {
  class Sold extends DomainEvent('Sold', z.object(fields), { key: (e) => Number(e['id']) }) {}
  @Aggregate({ collection: 'sales' })
  class Sale extends AggregateRoot(z.object({ qty: z.number().int() })) {}
  return defineService({ name: 'shop', port: 0, version, aggregates: [Sale], events: [Sold, ...more] });
}

export const released = { id: z.number().int(), qty: z.number().int() };
