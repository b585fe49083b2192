import { providerStates } from '@skanu/framework/testing';
import { z } from 'zod';

/** Where the pacts are. */
export const pacts = new URL('./pacts/', import.meta.url);
/** Where the samples of released events are. */
export const samples = new URL('./events/samples/', import.meta.url);

const drink = z.object({
  product: z.string().default('americano'),
  qty: z.number().int().default(2),
});
const priced = drink.extend({ cost: z.number().int().default(9_000) });
// other numbers than the first ids, so that nobody takes one for the other
const payment = priced.extend({ orderId: z.number().int().default(20) });
const delivery = drink.extend({
  orderId: z.number().int().default(20),
  paymentId: z.number().int().default(300),
});

/** What can be true of each service, on an empty database: what it publishes then is its first, with id 1. */
export const states = {
  order: providerStates('order', {
    'an order was placed': priced,
    'an order was cancelled': priced,
  }),
  payment: providerStates('payment', {
    'a payment was approved': payment,
    'a payment was cancelled': payment,
  }),
  delivery: providerStates('delivery', {
    'a delivery was started': delivery,
    'a delivery was completed': delivery,
    'a delivery was cancelled': delivery,
  }),
  gateway: providerStates('gateway', {
    'an order was placed': priced,
  }),
};
