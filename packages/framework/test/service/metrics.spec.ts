import { describe, expect, it } from 'vitest';
import type { CircuitState, ClientState, OperationState } from '../../src/runtime/remote/client-states.js';
import { Metrics } from '../../src/service/metrics.js';

const names = (text: string) => new Set([...text.matchAll(/^# TYPE (\S+) /gm)].map((match) => match[1]));
/** The samples with the labels of each in alphabetical order. */
const samples = (text: string) =>
  text.split('\n').map((line) =>
    line.replace(
      /\{(.*)\}/,
      (_, labels: string) =>
        `{${labels
          .match(/\w+="[^"]*"/g)!
          .toSorted()
          .join()}}`,
    ),
  );
const GAUGES = {
  outbox: async () => ({ pending: 3, oldestAgeSeconds: 1.5 }),
  parkedKeys: async () => ({ failed: 2, aside: 3 }),
  lag: async () => [{ topic: 'events', partition: 0, lag: 7 }],
  clients: () => [],
  undosPending: async () => 4,
};

describe('the metrics of a service', () => {
  it('have the names of the field', async () => {
    const metrics = new Metrics('shop');
    metrics.watch(GAUGES);
    const text = await metrics.text();
    for (const name of [
      'http_server_requests_seconds',
      'outbox_pending',
      'outbox_oldest_age_seconds',
      'handler_duration_seconds',
      'inbox_duplicates_total',
      'parked_keys',
      'aside_keys',
      'consumer_lag',
      'client_circuit_state',
      'client_circuit_openings_total',
      'client_bulkhead_running',
      'client_bulkhead_waiting',
      'client_retries_total',
      'client_ejected_targets',
      'client_undos_total',
      'client_undos_pending',
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'nodejs_eventloop_lag_seconds',
    ]) {
      expect(names(text)).toContain(name);
    }
    metrics.close();
  });

  it('say what was measured, of which application', async () => {
    const metrics = new Metrics('shop');
    metrics.watch(GAUGES);
    metrics.requested({ method: 'GET', route: '/orders/{id}', status: 200, seconds: 0.02 });
    metrics.handled('Clerk', 'Letter', 'done', 0.1);
    metrics.handled('Clerk', 'Letter', 'duplicate', 0.1);
    metrics.handled('Clerk', 'Letter', 'parked', 0);
    metrics.called('payment', 'approve', 'OK', 0.2);
    metrics.published(4);
    metrics.publishFailed();
    metrics.publishedAgain(2);
    metrics.unknownEvent();
    const text = await metrics.text();
    for (const line of [
      'http_server_requests_seconds_count{application="shop",method="GET",status="200",uri="/orders/{id}"} 1',
      'http_server_requests_seconds_bucket{application="shop",le="0.025",method="GET",status="200",uri="/orders/{id}"} 1',
      'handler_duration_seconds_sum{application="shop",event="Letter",handler="Clerk",outcome="done"} 0.1',
      'inbox_duplicates_total{application="shop",handler="Clerk"} 1',
      'handler_parked_total{application="shop",handler="Clerk"} 1',
      'client_requests_seconds_count{application="shop",client="payment",operation="approve",outcome="OK"} 1',
      'outbox_published_total{application="shop"} 4',
      'outbox_publish_failures_total{application="shop"} 1',
      'outbox_repeats_total{application="shop"} 2',
      'events_ignored_total{application="shop"} 1',
      'outbox_pending{application="shop"} 3',
      'outbox_oldest_age_seconds{application="shop"} 1.5',
      'parked_keys{application="shop"} 2',
      'aside_keys{application="shop"} 3',
      'consumer_lag{application="shop",partition="0",topic="events"} 7',
    ]) {
      expect(samples(text)).toContain(line);
    }
    metrics.close();
  });

  it('say how the services do that this one calls, as often as they are asked', async () => {
    const operation = (name: string, circuit: CircuitState, openings: number): OperationState => ({
      operation: `payment.${name}`,
      circuit,
      openings,
      calls: 9,
      failures: 8,
      refused: 7,
      running: 6,
      waiting: 5,
      lastErrors: [],
    });
    const metrics = new Metrics('shop');
    const target = { url: 'http://a', ejectedUntil: null, failuresInARow: 0 };
    const payment: ClientState = {
      client: 'payment',
      operations: [
        operation('approve', 'open', 3),
        operation('read', 'half open', 1),
        operation('list', 'forced closed', 0),
        operation('drop', 'none', 0),
      ],
      targets: [
        { ...target, isEjected: true },
        { ...target, isEjected: false },
      ],
    };
    metrics.watch({ ...GAUGES, clients: () => [payment] });
    metrics.retried('payment', 'read');
    metrics.undone('payment.approve', 'failed');
    await metrics.text();
    const text = await metrics.text();
    for (const line of [
      'client_circuit_state{application="shop",client="payment",operation="approve"} 2',
      'client_circuit_state{application="shop",client="payment",operation="read"} 1',
      'client_circuit_state{application="shop",client="payment",operation="list"} 0',
      'client_circuit_openings_total{application="shop",client="payment",operation="approve"} 3',
      'client_bulkhead_running{application="shop",client="payment",operation="read"} 6',
      'client_bulkhead_waiting{application="shop",client="payment",operation="read"} 5',
      'client_ejected_targets{application="shop",client="payment"} 1',
      'client_retries_total{application="shop",client="payment",operation="read"} 1',
      'client_undos_total{application="shop",operation="payment.approve",outcome="failed"} 1',
      'client_undos_pending{application="shop"} 4',
    ])
      expect(samples(text)).toContain(line);
    expect(text).not.toMatch(/^client_circuit_state\{.*drop/m);
    metrics.close();
  });

  it('are those of the moment in which they are asked for, all of them', async () => {
    const metrics = new Metrics('shop');
    let waiting = 1;
    metrics.watch({
      ...GAUGES,
      outbox: async () => ({ pending: waiting, oldestAgeSeconds: waiting * 10 }),
      lag: async () => (waiting === 1 ? GAUGES.lag() : []),
    });
    await metrics.text();
    waiting = 2;
    const text = await metrics.text();
    expect(text).toMatch(/^outbox_pending\S* 2$/m);
    expect(text).toMatch(/^outbox_oldest_age_seconds\S* 20$/m);
    expect(text).not.toMatch(/^consumer_lag\{/m);
    metrics.close();
  });

  it('can be had while the store and the broker are away: what is not known is not a number', async () => {
    const metrics = new Metrics('shop');
    const away = () => Promise.reject(new Error('away'));
    metrics.watch({ outbox: away, parkedKeys: away, lag: away, clients: () => [], undosPending: away });
    metrics.published(1);
    const text = await metrics.text();
    expect(text).toMatch(/^outbox_published_total\S* 1$/m);
    for (const name of ['outbox_pending', 'outbox_oldest_age_seconds', 'parked_keys', 'client_undos_pending'])
      expect(text).toMatch(new RegExp(`^${name}\\S* Nan$`, 'm'));
    expect(text).not.toMatch(/^consumer_lag\{/m);
    metrics.close();
  });

  it('of two services in one process do not collide', async () => {
    const [shop, bank] = [new Metrics('shop'), new Metrics('bank')];
    shop.published(1);
    bank.published(2);
    expect(await shop.text()).toMatch(/^outbox_published_total\{application="shop"\} 1$/m);
    expect(await bank.text()).toMatch(/^outbox_published_total\{application="bank"\} 2$/m);
    expect(await shop.text()).not.toContain('bank');
    shop.close();
    bank.close();
    // its names are free again for the next start
    const again = new Metrics('shop');
    expect(await again.text()).toMatch(/^outbox_published_total\S* 0$/m);
    again.close();
  });

  it('make no series for each name that others call their events', async () => {
    const metrics = new Metrics('shop');
    for (const type of ['A', 'B', 'C']) (metrics.unknownEvent as (type: string) => void).call(metrics, type);
    expect((await metrics.text()).match(/^events_ignored_total/gm)).toHaveLength(1);
    metrics.close();
  });
});
