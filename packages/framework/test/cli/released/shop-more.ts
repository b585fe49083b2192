import { z } from 'zod';
import { DomainEvent } from '../../../src/model/domain-event.js';
import { released, shopOf } from './shop-of.js';

const returned = z.object({ id: z.number().int() });

export const shop = shopOf(
  { ...released, price: z.number() },
  '1.5.0',
  class Returned extends DomainEvent('Returned', returned, { key: (e) => e.id }) {},
);
