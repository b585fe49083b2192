import { z } from 'zod';
import { Aggregate } from '../../../src/model/aggregate.js';
import { AggregateRoot } from '../../../src/model/aggregate-root.js';
import { DomainEvent } from '../../../src/model/domain-event.js';
import { defineService } from '../../../src/model/service-definition.js';

@Aggregate({ collection: 'books' })
export class Book extends AggregateRoot(z.object({ title: z.string() })) {}

export class Lent extends DomainEvent('Lent', z.object({ id: z.number().int() }), { key: (e) => e.id }) {}

export const library = defineService({ name: 'library', port: 0, aggregates: [Book], events: [Lent] });
