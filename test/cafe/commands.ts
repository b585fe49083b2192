import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SERVICES } from '../../scripts/cafe-services.ts';
import { ALL, type Cafe } from './cafe.ts';
import { type HttpAnswer, hasHttpie, http } from './httpie.ts';
import { until } from './until.ts';

/** The commands of scenarios.md, section 1, in their words. */
const POST_COFFEE =
  'http post http://localhost:8088/orders product="coffee" qty=1 cost=1000 status="OrderPlaced"';
const POST_TEA = 'http post http://localhost:8088/orders product="tea" qty=2 cost=2000 status="OrderPlaced"';
const TRACE_1 = 'http http://localhost:8088/orderTraces/1';
const CANCEL_1 = 'http patch http://localhost:8088/orders/1 status="OrderCancelled"';
const PAYMENTS = 'http http://localhost:8088/payments';
const MESSAGES = 'http http://localhost:8088/messages';

/** What the commands of the scenarios do, whatever engines the cafe runs on. */
export function describeCommands(where: string, open: () => Promise<Cafe>): void {
  describe(
    `the commands of the scenarios ${where}, typed with ${hasHttpie ? 'HTTPie' : 'what HTTPie would send'}`,
    { timeout: 60_000 },
    () => {
      let cafe: Cafe;
      const run = (line: string): Promise<HttpAnswer> =>
        http(line, (port) => cafe.url(ALL.find((name) => SERVICES[name].port === port)!));
      const statusOf = async (line: string) => (await run(line)).body?.status as string | undefined;
      const becomes = (line: string, status: string) =>
        until(
          () => statusOf(line),
          (seen) => seen === status,
        );
      const list = async (line: string, name: string): Promise<any[]> =>
        (await run(line)).body._embedded[name];

      beforeAll(async () => {
        cafe = await open();
      });
      afterAll(async () => {
        await cafe?.[Symbol.asyncDispose]();
      });

      it('places, traces and cancels orders', async () => {
        const coffee = await run(POST_COFFEE);
        expect(coffee.status).toBe(201);
        expect(coffee.headers.get('location')).toBe(`${cafe.url('gateway')}/orders/1`);
        expect(coffee.body).toMatchObject({
          id: 1,
          product: 'coffee',
          qty: 1,
          cost: 1000,
          status: 'OrderPlaced',
        });
        expect(coffee.body._links).toEqual({
          self: { href: `${cafe.url('gateway')}/orders/1` },
          order: { href: `${cafe.url('gateway')}/orders/1` },
        });
        expect((await run(POST_TEA)).body).toMatchObject({ id: 2, product: 'tea', qty: 2, cost: 2000 });

        await becomes(TRACE_1, 'DeliveryStarted');
        expect((await run(TRACE_1)).body).toMatchObject({
          id: 1,
          orderId: 1,
          product: 'coffee',
          qty: 1,
          cost: 1000,
          paymentId: 1,
          deliveryId: 1,
        });

        const cancelled = await run(CANCEL_1);
        expect([cancelled.status, cancelled.body.status]).toEqual([200, 'OrderCancelled']);
        await becomes(TRACE_1, 'DeliveryCancelled');

        const payments = await list(PAYMENTS, 'payments');
        expect(payments.map(({ orderId, status }) => [orderId, status])).toEqual([
          [1, 'PaymentCancelled'],
          [2, 'PaymentApproved'],
        ]);
        const messages = await until(
          () => list(MESSAGES, 'messages'),
          (seen) => seen.length === 6,
        );
        expect(messages.filter(({ orderId }) => orderId === 1).map(({ status }) => status)).toEqual([
          'PaymentApproved',
          'DeliveryStarted',
          'PaymentCancelled',
          'DeliveryCancelled',
        ]);
      });

      it('cancels once, however often it is asked', async () => {
        const again = await run(CANCEL_1);
        expect([again.status, again.body.status]).toEqual([200, 'OrderCancelled']);
        // a marker that comes after: when its messages are there, others would be there too
        const marker = await run(POST_COFFEE);
        await becomes(`http http://localhost:8088/orderTraces/${marker.body.id}`, 'DeliveryStarted');
        const messages = await until(
          () => list('http http://localhost:8088/messages?size=100', 'messages'),
          (seen) => seen.filter(({ orderId }) => orderId === marker.body.id).length === 2,
        );
        expect(messages.filter(({ orderId }) => orderId === 1)).toHaveLength(4);
      });

      it('payment down: no order, clearly said, and nothing left behind; back: orders are taken', async () => {
        const before = [
          (await run(PAYMENTS)).body.page.totalElements,
          (await run('http http://localhost:8088/orders')).body.page.totalElements,
        ];
        await cafe.stop(['payment']);
        for (const line of [POST_COFFEE, POST_TEA]) {
          const refused = await run(line);
          expect(refused.status).toBe(503);
          expect(refused.headers.get('content-type')).toContain('application/problem+json');
          expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
          expect(refused.body).toMatchObject({ status: 503, code: 'REMOTE_UNREACHABLE' });
        }
        await cafe.start('payment');
        expect([
          (await run(PAYMENTS)).body.page.totalElements,
          (await run('http http://localhost:8088/orders')).body.page.totalElements,
        ]).toEqual(before);
        expect((await run(POST_COFFEE)).status).toBe(201);
        expect((await run(POST_TEA)).status).toBe(201);
      });

      it('delivery, message and trace down: orders are taken; back: they catch up, once each', async () => {
        await cafe.stop(['delivery']);
        const ids: number[] = [];
        for (const line of [POST_COFFEE, POST_TEA]) {
          const placed = await run(line);
          expect(placed.status).toBe(201);
          ids.push(placed.body.id);
        }
        for (const id of ids)
          await becomes(`http http://localhost:8088/orderTraces/${id}`, 'PaymentApproved');
        await cafe.stop(['message', 'trace']);
        ids.push((await run(POST_COFFEE)).body.id);
        await cafe.start('delivery', 'message', 'trace');
        for (const id of ids)
          await becomes(`http http://localhost:8088/orderTraces/${id}`, 'DeliveryStarted');
        for (const id of ids) {
          const started = await list(
            `http http://localhost:8083/deliveries/search/findByOrderId?orderId=${id}`,
            'deliveries',
          );
          expect(started).toHaveLength(1);
          const told = await until(
            () => list(`http http://localhost:8085/messages/search/findByOrderId?orderId=${id}`, 'messages'),
            (seen) => seen.length >= 2,
          );
          expect(told.map(({ status }) => status)).toEqual(['PaymentApproved', 'DeliveryStarted']);
        }
      });

      it('a drink that was handed over is not cancelled', async () => {
        const { body: order } = await run(POST_COFFEE);
        const trace = `http http://localhost:8088/orderTraces/${order.id}`;
        await becomes(trace, 'DeliveryStarted');
        const { deliveryId } = (await run(trace)).body;
        const done = await run(
          `http patch http://localhost:8088/deliveries/${deliveryId} status="DeliveryCompleted"`,
        );
        expect([done.status, done.body.status]).toEqual([200, 'DeliveryCompleted']);
        const undone = await run(
          `http patch http://localhost:8088/deliveries/${deliveryId} status="DeliveryCancelled"`,
        );
        expect([undone.status, undone.body.code]).toEqual([409, 'DOMAIN_RULE']);
        await until(
          async () => (await run(`http http://localhost:8088/orders/${order.id}`)).body.handedOver as boolean,
          (handedOver) => handedOver,
        );
        const late = await run(`http patch http://localhost:8088/orders/${order.id} status="OrderCancelled"`);
        expect([late.status, late.body.code]).toEqual([409, 'DOMAIN_RULE']);
        expect((await run(`http http://localhost:8088/orders/${order.id}`)).body.status).toBe('OrderPlaced');
      });

      it('all stopped and started again: everything is still there, and ids go on', async () => {
        const orders = (await run('http http://localhost:8088/orders?size=100')).body;
        const trace = (await run(TRACE_1)).body;
        expect(await cafe.stop()).toEqual([0, 0, 0, 0, 0, 0]);
        await cafe.start(...ALL);
        expect((await run('http http://localhost:8088/orders?size=100')).body).toEqual(orders);
        expect((await run(TRACE_1)).body).toEqual(trace);
        expect((await run(POST_COFFEE)).body.id).toBeGreaterThan(orders._embedded.orders.at(-1).id);
      });
    },
  );
}
