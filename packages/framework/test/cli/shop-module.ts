import { z } from 'zod';
import { Aggregate } from '../../src/model/aggregate.js';
import { AggregateRoot } from '../../src/model/aggregate-root.js';
import { defineService } from '../../src/model/service-definition.js';

@Aggregate({ collection: 'cups', unique: [['name']] })
export class Cup extends AggregateRoot(z.object({ name: z.string(), size: z.bigint().default(0n) })) {}

export const cupService = defineService({ name: 'cups', port: 0, aggregates: [Cup] });
