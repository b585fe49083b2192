import { describe, expect, it } from 'vitest';
import { Cafe } from './cafe.ts';
import { until } from './until.ts';

const headers = { 'content-type': 'application/json', accept: 'application/json' };
const body = JSON.stringify({ product: 'coffee', qty: 1, cost: 1000 });

interface Listed {
  readonly page: { readonly totalElements: number };
}

describe('SIGTERM under load', { timeout: 60_000 }, () => {
  it('finishes every request that it took, publishes every event that it committed, and ends with 0', async () => {
    await using cafe = await Cafe.prepare({ SHUTDOWN_LINGER_MS: '5000' });
    await cafe.start('order', 'payment', 'trace');
    const placed: number[] = [];
    const broken: unknown[] = [];
    let stopping = false;
    const customers = Array.from({ length: 8 }, async () => {
      for (;;) {
        try {
          const answer = await fetch(`${cafe.url('order')}/orders`, { method: 'POST', headers, body });
          const order = (await answer.json()) as { id: number };
          if (answer.status === 201) placed.push(order.id);
          else broken.push(answer.status);
        } catch (error) {
          // nobody listens any more: that request was not taken
          if (!stopping || (error as { cause?: { code?: string } }).cause?.code !== 'ECONNREFUSED')
            broken.push(error);
          return;
        }
      }
    });
    await until(
      () => placed.length,
      (count) => count >= 50,
    );
    stopping = true;
    expect(await cafe.stop(['order'])).toEqual([0]);
    await Promise.all(customers);
    expect(broken).toEqual([]);
    // each order that was confirmed has its trace, although order is gone: its events went out before it ended
    const traces = await until(
      async () =>
        (await (
          await fetch(`${cafe.url('trace')}/orderTraces/search/findByStatus?status=PaymentApproved`)
        ).json()) as Listed,
      ({ page }) => page.totalElements >= placed.length,
    );
    await cafe.start('order');
    const orders = (await (await fetch(`${cafe.url('order')}/orders`)).json()) as Listed;
    expect(orders.page.totalElements).toBe(placed.length);
    expect(traces.page.totalElements).toBe(placed.length);
    for (const id of placed.slice(-5)) {
      const trace = (await (await fetch(`${cafe.url('trace')}/orderTraces/${id}`)).json()) as {
        product: string;
      };
      expect(trace.product).toBe('coffee');
    }
  });

  it('is not ready while it drains, and still answers', async () => {
    await using cafe = await Cafe.prepare({ SHUTDOWN_DELAY_MS: '1500' });
    await cafe.start('payment');
    const stopped = cafe.stop(['payment']);
    await until(
      async () => (await fetch(`${cafe.url('payment')}/actuator/health/readiness`)).status,
      (status) => status === 503,
      1_000,
    );
    expect((await fetch(`${cafe.url('payment')}/payments`)).status).toBe(200);
    expect(await stopped).toEqual([0]);
  });
});
