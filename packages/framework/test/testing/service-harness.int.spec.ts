import { existsSync, readdirSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { StoreUnavailableError } from '../../src/kernel/errors/store-errors.js';
import { Aggregate } from '../../src/model/aggregate.js';
import { AggregateRoot } from '../../src/model/aggregate-root.js';
import { inject } from '../../src/model/ambient.js';
import { DomainEvent } from '../../src/model/domain-event.js';
import { PostPersist } from '../../src/model/lifecycle-hooks.js';
import { PolicyHandler, Whenever } from '../../src/model/policy-handler.js';
import { repositoryOf } from '../../src/model/repository.js';
import { defineService } from '../../src/model/service-definition.js';
import { ELSEWHERE } from '../../src/testing/harness/test-publisher.js';
import { FaultyBroker } from '../../src/testing/faulty-broker.js';
import { FaultyStore } from '../../src/testing/faulty-store.js';
import { eventually } from '../../src/testing/eventually.js';
import { type TestServiceOptions, startTestService } from '../../src/testing/service-harness.js';
import { startStandIn } from '../../src/testing/stand-in-server.js';
import { temporaryFolder } from '../../src/testing/temporary-folder.js';
import { Approved1, Approved2, ApprovedBoth, Entry, books, counter } from '../fixtures/approvals.js';
import type { Store } from '../../src/store/store.js';

class Sown extends DomainEvent('Sown', z.object({ id: z.number(), plant: z.string() }), {
  key: (e) => e.id,
}) {}
class Watered extends DomainEvent('Watered', z.object({ bedId: z.number() }), { key: (e) => e.bedId }) {}

@Aggregate({ collection: 'beds' })
class Bed extends AggregateRoot(
  z.object({ plant: z.string().min(1), waterings: z.number().int().default(0) }),
) {
  @PostPersist()
  sown() {
    new Sown(this).publishAfterCommit();
  }
}

@PolicyHandler()
class Garden {
  private readonly beds = inject(repositoryOf(Bed));
  @Whenever(Watered)
  async water({ bedId }: Watered) {
    const bed = await this.beds.get(bedId);
    bed.waterings++;
  }
}

@Aggregate({ collection: 'stalls' })
class Stall extends AggregateRoot(z.object({ plant: z.string() })) {}

@PolicyHandler()
class Market {
  private readonly stalls = inject(repositoryOf(Stall));
  @Whenever(Sown)
  offer({ plant }: Sown) {
    this.stalls.add(new Stall({ plant }));
  }
}

const garden = defineService({
  name: 'garden',
  port: 0,
  aggregates: [Bed],
  events: [Sown],
  policies: [Garden],
});
const market = defineService({ name: 'market', port: 0, aggregates: [Stall], policies: [Market] });

/** A garden with faults in its engines. */
async function faultyGarden(options: TestServiceOptions = {}) {
  let store!: FaultyStore;
  let broker!: FaultyBroker;
  const service = await startTestService(garden, {
    ...options,
    engines: {
      store: (real) => (store = new FaultyStore(real)),
      broker: (real) => (broker = new FaultyBroker(real)),
    },
  });
  return { service, store, broker };
}

describe('a test service', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('answers over HTTP, and tells what it has stored, published and logged', async () => {
    await using service = await startTestService(garden);
    const made = await service.request<{ id: number }>('POST', '/beds', { plant: 'leek' });
    expect([made.status, made.body.id]).toEqual([201, 1]);
    expect(await service.stored(Bed)).toEqual([{ id: 1, version: 1, plant: 'leek', waterings: 0 }]);
    const [sown] = await service.published(Sown);
    expect(sown).toBeInstanceOf(Sown);
    expect(sown).toEqual(new Sown({ id: 1, plant: 'leek' }));
    expect(await service.wire()).toEqual([
      expect.objectContaining({ key: '1', text: expect.stringMatching(/^{"eventType":"Sown","timestamp":/) }),
    ]);
    expect(service.logged.map(({ msg }) => msg)).toContain('ready');
  });

  it('given events, when an event comes: the state, and what was published', async () => {
    await using service = await startTestService(garden);
    await service.request('POST', '/beds', { plant: 'leek' });
    await service.given(new Watered({ bedId: 1 }), new Watered({ bedId: 1 }));
    expect(await service.when(new Watered({ bedId: 1 }))).toEqual([]);
    expect(await service.stored(Bed)).toMatchObject([{ waterings: 3 }]);
  });

  it('gets what others put on the topic, byte for byte where a test wants so', async () => {
    await using service = await startTestService(garden);
    await service.request('POST', '/beds', { plant: 'leek' });
    await service.given(
      { value: { eventType: 'Watered', bedId: 1 } },
      { value: '{"eventType":"Watered","bedId":"1"}', key: '1', headers: { ce_id: 'x', ce_source: '/y' } },
      { value: null },
      { value: Buffer.from([0xff]) },
    );
    expect(await service.stored(Bed)).toMatchObject([{ waterings: 2 }]);
    const parked = await service.request<{ total: number }>('GET', '/actuator/parked');
    expect(parked.body.total).toBe(2);
  });

  it('hears those that share its folder', async () => {
    await using source = await startTestService(garden);
    await using target = await startTestService(market, { folder: source.folder });
    await source.request('POST', '/beds', { plant: 'leek' });
    await eventually(
      () => target.stored(Stall),
      (stalls) => stalls.length === 1,
    );
    // what others say is not taken for its own
    await target.given(new Sown({ id: 9, plant: 'kale' }));
    expect((await source.published(Sown)).map(({ plant }) => plant)).toEqual(['leek']);
    expect(await target.wire()).toEqual([]);
    expect(ELSEWHERE).not.toBe('garden');
  });

  it('tells events by their version, and gets them in each version in which another service would publish them', async () => {
    await using source = await startTestService(counter(Approved2));
    await using target = await startTestService(books(Approved1), { folder: source.folder });
    await target.given(new ApprovedBoth({ id: 1, amount: 5, currency: 'EUR' }));
    expect(await target.stored(Entry)).toMatchObject([{ text: '1: 5 -' }]);
    await source.inside(() => new Approved2({ id: 2, amount: 6, currency: 'EUR' }).publishAfterCommit());
    expect(await source.published(Approved2)).toEqual([new Approved2({ id: 2, amount: 6, currency: 'EUR' })]);
    expect(await source.published(Approved1)).toEqual([]);
  });

  it('tells an event that was published in two versions in either, as one event', async () => {
    await using source = await startTestService(counter(ApprovedBoth));
    await source.inside(() => new ApprovedBoth({ id: 2, amount: 6, currency: 'EUR' }).publishAfterCommit());
    const [newer] = await source.published(Approved2);
    const [older] = await source.published(Approved1);
    expect(newer).toMatchObject({ id: 2, amount: 6, currency: 'EUR' });
    expect({ ...older }).toEqual({ id: 2, amount: 6 });
    expect(older!.identity!.eventId).toBe(newer!.identity!.eventId);
  });

  it('can be stopped and started again on the same data', async () => {
    await using first = await startTestService(garden);
    await first.request('POST', '/beds', { plant: 'leek' });
    await first.stop();
    await using second = await startTestService(garden, { folder: first.folder });
    expect(await second.stored(Bed)).toHaveLength(1);
  });

  it('leaves nothing: no folder, nobody who listens', async () => {
    const service = await startTestService(garden);
    await service.request('GET', '/beds');
    await service[Symbol.asyncDispose]();
    expect(existsSync(service.folder)).toBe(false);
    await expect(service.request('GET', '/beds')).rejects.toThrow('fetch failed');
    // a second time does nothing
    await service[Symbol.asyncDispose]();
  });

  it('leaves nothing when it does not start', async () => {
    using tmp = temporaryFolder();
    vi.stubEnv('TMPDIR', tmp.path);
    const faulty = (real: Store) => {
      const store = new FaultyStore(real);
      store.failNext('ensureTables', new StoreUnavailableError('garden'));
      return store;
    };
    const starting = startTestService(garden, { engines: { store: faulty } });
    expect(readdirSync(tmp.path)).toHaveLength(1);
    await expect(starting).rejects.toBeInstanceOf(StoreUnavailableError);
    expect(readdirSync(tmp.path)).toEqual([]);
  });
});

describe('faulty engines', () => {
  it('a commit that fails is answered with 503, and the next one works', async () => {
    const { service, store } = await faultyGarden();
    await using _ = service;
    store.failNext('commit', new StoreUnavailableError('garden'));
    expect((await service.request('POST', '/beds', { plant: 'leek' })).status).toBe(503);
    expect((await service.request('POST', '/beds', { plant: 'kale' })).status).toBe(201);
    expect(await service.stored(Bed)).toMatchObject([{ plant: 'kale' }]);
  });

  it('records that are published twice take effect once', async () => {
    const { service, broker } = await faultyGarden();
    await using _ = service;
    await using target = await startTestService(market, { folder: service.folder });
    broker.duplicateNext();
    await service.request('POST', '/beds', { plant: 'leek' });
    expect(await service.published(Sown)).toHaveLength(2);
    await target.settled();
    expect(await target.stored(Stall)).toHaveLength(1);
  });

  it('publishing can be held, and goes on where it was', async () => {
    const { service, broker } = await faultyGarden();
    await using _ = service;
    const publishing = broker.holdNext('publish');
    await service.request('POST', '/beds', { plant: 'leek' });
    await publishing.reached;
    const outbox = await service.request<{ pending: number }>('GET', '/actuator/outbox');
    expect(outbox.body.pending).toBe(1);
    publishing.release();
    expect(await service.published(Sown)).toHaveLength(1);
  });

  it('reaches what the relay does with the outbox, and the consumer with its offsets', async () => {
    const { service, store, broker } = await faultyGarden();
    await using _ = service;
    const removed = store.holdNext('outbox.remove');
    const offsets = broker.holdNext('subscription.commit');
    await service.request('POST', '/beds', { plant: 'leek' });
    await Promise.all([removed.reached, offsets.reached]);
    expect(await store.outbox.status()).toMatchObject({ pending: 1 });
    removed.release();
    offsets.release();
    await service.settled();
    expect(await store.outbox.status()).toMatchObject({ pending: 0 });
  });
});

describe('a stand-in', () => {
  it('remembers what it was asked, and answers as it was told', async () => {
    await using standIn = await startStandIn();
    expect((await fetch(standIn.url)).status).toBe(404);
    standIn.answers(({ body }) => ({ status: 201, body: { got: body } }));
    const answer = await fetch(`${standIn.url}/payments?x=1`, { method: 'POST', body: '{"a":1}' });
    expect([answer.status, await answer.json()]).toEqual([201, { got: { a: 1 } }]);
    expect(standIn.requests.at(-1)).toMatchObject({ method: 'POST', path: '/payments?x=1', body: { a: 1 } });
  });
});
