import { FeignClient, defineService, del, get, patch, post } from '@skanu/framework';
import { z } from 'zod';

const id = z.number().int();
const drink = { product: z.string(), qty: z.number().int() };
const order = z.object({
  id,
  ...drink,
  cost: z.number().int(),
  status: z.enum(['OrderPlaced', 'OrderCancelled']),
});
const payment = z.object({ id, orderId: id, cost: z.number().int(), status: z.string() });
const delivery = z.object({ id, orderId: id, ...drink, status: z.string() });
const trace = z.object({ id, orderId: id, paymentId: id, deliveryId: id, ...drink, status: z.string() });
const message = z.object({ id, orderId: id, status: z.string() });
const pageOf = <Z extends z.ZodType>(name: string, item: Z) =>
  z.object({
    _embedded: z.object({ [name]: z.array(item) }),
    page: z.object({ totalElements: z.number().int() }),
  });

/** All that the customer's page and the barista's page ask the gateway for. */
@FeignClient({ name: 'gateway', url: 'http://localhost:8088' })
export class CafeApi {
  readonly placeOrder = post('/orders', {
    body: z.object({ ...drink, cost: z.number().int() }),
    returns: order,
  });
  readonly order = get('/orders/{id}', { returns: order });
  readonly orders = get('/orders', {
    query: z.object({ page: z.number().int(), size: z.number().int() }),
    returns: pageOf('orders', order),
  });
  readonly cancelOrder = patch('/orders/{id}', {
    body: z.object({ status: z.literal('OrderCancelled') }),
    returns: order,
  });
  readonly removeOrder = del('/orders/{id}');
  readonly trace = get('/orderTraces/{id}', { returns: trace });
  readonly payments = get('/payments/search/findByOrderId', {
    query: z.object({ orderId: id }),
    returns: pageOf('payments', payment),
  });
  readonly deliveries = get('/deliveries/search/findByStatus', {
    query: z.object({ status: z.literal('DeliveryStarted') }),
    returns: pageOf('deliveries', delivery),
  });
  readonly handOver = patch('/deliveries/{id}', {
    body: z.object({ status: z.literal('DeliveryCompleted') }),
    returns: delivery,
  });
  readonly messages = get('/messages/search/findByOrderId', {
    query: z.object({ orderId: id }),
    returns: pageOf('messages', message),
  });
}

export const browser = defineService({ name: 'browser', port: 8090, clients: [CafeApi] });
