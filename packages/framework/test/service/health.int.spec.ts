import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BrokerUnavailableError } from '../../src/kernel/errors/broker-errors.js';
import { StoreUnavailableError } from '../../src/kernel/errors/store-errors.js';
import { Aggregate } from '../../src/model/aggregate.js';
import { AggregateRoot } from '../../src/model/aggregate-root.js';
import { DomainEvent } from '../../src/model/domain-event.js';
import { PostPersist } from '../../src/model/lifecycle-hooks.js';
import { defineService } from '../../src/model/service-definition.js';
import { FaultyBroker } from '../../src/testing/faulty-broker.js';
import { FaultyStore } from '../../src/testing/faulty-store.js';
import { eventually } from '../../src/testing/eventually.js';
import { startTestService } from '../../src/testing/service-harness.js';

class Noted extends DomainEvent('Noted', z.object({ id: z.number() }), { key: (e) => e.id }) {}

@Aggregate({ collection: 'notes' })
class Note extends AggregateRoot(z.object({ text: z.string() })) {
  @PostPersist()
  noted() {
    new Noted(this).publishAfterCommit();
  }
}

const notes = defineService({ name: 'notes', port: 0, aggregates: [Note], events: [Noted] });

async function started() {
  let store!: FaultyStore;
  let broker!: FaultyBroker;
  const service = await startTestService(notes, {
    engines: {
      store: (real) => (store = new FaultyStore(real)),
      broker: (real) => (broker = new FaultyBroker(real)),
    },
  });
  const health = async (): Promise<{ status: number; body: any }> =>
    service.request('GET', '/actuator/health');
  return { service, store, broker, health };
}

describe('health', () => {
  it('names the store, the broker and the relay, and is up while they are', async () => {
    const { service, health } = await started();
    await using _ = service;
    const { status, body } = await health();
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'UP',
      components: { store: { status: 'UP' }, broker: { status: 'UP' }, relay: { status: 'UP' } },
    });
  });

  it('is down while the store is, and up again when that is back', async () => {
    const { service, store, health } = await started();
    await using _ = service;
    store.failNext('ping', new StoreUnavailableError('notes'));
    const { body } = await eventually(health, ({ status }) => status === 503);
    expect(body).toMatchObject({
      status: 'DOWN',
      components: {
        store: { status: 'DOWN', details: { code: 'STORE_UNAVAILABLE' } },
        broker: { status: 'UP' },
      },
    });
    await eventually(health, ({ status }) => status === 200);
  });

  it('is down while events cannot be published; requests are still taken, and the events go out later', async () => {
    const { service, broker, health } = await started();
    await using _ = service;
    const away = new BrokerUnavailableError('the log');
    // the waits between them add up to more than the time for which a report of health is good
    for (let i = 1; i <= 8; i++) broker.failNext('publish', away, { nth: i });
    expect((await service.request('POST', '/notes', { text: 'one' })).status).toBe(201);
    const { body } = await eventually(health, ({ status }) => status === 503);
    expect(body.components.relay).toMatchObject({ status: 'DOWN', details: { code: 'BROKER_UNAVAILABLE' } });
    await eventually(health, ({ status }) => status === 200, 20_000);
    await service.settled();
    expect((await service.published(Noted)).map(({ id }) => id)).toEqual([1]);
  });
});
