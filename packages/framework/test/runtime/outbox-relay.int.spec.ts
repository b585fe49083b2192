import { describe, expect, it } from 'vitest';
import type { ProducerRecord } from '../../src/broker/broker.js';
import { type Clock, systemClock } from '../../src/kernel/clock.js';
import { BrokerUnavailableError } from '../../src/kernel/errors/broker-errors.js';
import { LeaseLostError } from '../../src/kernel/errors/store-errors.js';
import type { Broker } from '../../src/broker/broker.js';
import type { Store } from '../../src/store/store.js';
import { FaultyBroker } from '../../src/testing/faulty-broker.js';
import { FaultyStore } from '../../src/testing/faulty-store.js';
import { ManualClock } from '../../src/testing/manual-clock.js';
import { type Lab, type LabOptions, openLab } from '../fixtures/lab.js';
import { notebook, takeNote } from '../fixtures/notebook.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';
import { until } from '../fixtures/until.js';

const DOWN = new BrokerUnavailableError('test');

interface RelayLab extends Lab {
  readonly faults: FaultyBroker;
  /** What the broker has taken, as the texts of the notes. */
  readonly published: string[];
  /** The ids of the events, in the same order. */
  readonly ids: string[];
  take(...texts: string[]): Promise<void>;
  /** Until nothing waits in the outbox. */
  relayed(): Promise<void>;
}

async function openRelay(folder: string, options: LabOptions = {}): Promise<RelayLab> {
  const published: string[] = [];
  const ids: string[] = [];
  let faults!: FaultyBroker;
  const wrapBroker = (broker: Broker) => {
    const publish = broker.publish.bind(broker);
    broker.publish = async (records: readonly ProducerRecord[]) => {
      await publish(records);
      for (const { value, headers } of records) {
        published.push(JSON.parse(Buffer.from(value!).toString()).text);
        ids.push(headers['ce_id']!);
      }
    };
    return (faults = new FaultyBroker(broker));
  };
  const lab = await openLab(folder, notebook, { idle: true, wrapBroker, random: () => 0, ...options });
  return {
    ...lab,
    faults,
    published,
    ids,
    async take(...texts) {
      for (const text of texts) await lab.run(() => void takeNote(text));
    },
    async relayed() {
      await until(
        () => lab.store.outbox.status(),
        ({ pending }) => pending === 0,
      );
    },
  };
}

/** Runs thirty times as fast, so that a lease of three seconds lasts a tenth of one. */
const SPEED = 30;
const fastClock: Clock = {
  now: () => Date.now() * SPEED,
  sleep: (ms, signal) => systemClock.sleep(ms / SPEED, signal),
};

/** Leases as long on the database's clock as they are on {@link fastClock}. */
function fastLease(store: Store): Store {
  const acquire = store.leases.acquire.bind(store.leases);
  const renew = store.leases.renew.bind(store.leases);
  store.leases.acquire = (name, owner, ttlMs) => acquire(name, owner, ttlMs / SPEED);
  store.leases.renew = (lease, ttlMs) => renew(lease, ttlMs / SPEED);
  return store;
}

/** A store whose process sleeps while the outbox is read, until another one has taken the lease. */
function asleepWhileReading(clock: ManualClock): (store: Store) => Store {
  return (store) => {
    const acquire = store.leases.acquire.bind(store.leases);
    const read = store.outbox.read.bind(store.outbox);
    store.outbox.read = async (limit) => {
      const entries = await read(limit);
      await until(
        () => acquire('outbox-relay', 'another', 60_000),
        (lease) => lease !== undefined,
      );
      await clock.advance(3_000);
      return entries;
    };
    return fastLease(store);
  };
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);

describe('the outbox relay', () => {
  it('publishes what was committed before it started and what comes after, in the order of the commits', async () => {
    using folder = temporaryFolder();
    await using lab = await openRelay(folder.path);
    await lab.take('a', 'b');
    lab.assembly.relay.start();
    await lab.take(...numbered(30));
    await lab.relayed();
    expect(lab.published).toEqual(['a', 'b', ...numbered(30)]);
    expect(await lab.metrics.text()).toMatch(/^outbox_published_total\{application="notebook"\} 32$/m);
  });

  it('deletes an event only when the broker has acknowledged it', async () => {
    using folder = temporaryFolder();
    await using lab = await openRelay(folder.path);
    const held = lab.faults.holdNext('publish', { after: true });
    lab.assembly.relay.start();
    await lab.take('a');
    await held.reached;
    expect(lab.published).toEqual(['a']);
    expect((await lab.store.outbox.status()).pending).toBe(1);
    held.release();
    await lab.relayed();
  });

  it('tries again what could not be published: nothing is lost, repeated or reordered', async () => {
    using folder = temporaryFolder();
    await using lab = await openRelay(folder.path);
    for (const nth of [1, 2, 5]) lab.faults.failNext('publish', DOWN, { nth });
    lab.assembly.relay.start();
    await lab.take(...numbered(20));
    await lab.relayed();
    await lab.take('last');
    await lab.relayed();
    expect(lab.published).toEqual([...numbered(20), 'last']);
  });

  it('repeats with the same ids what the broker took without saying so', async () => {
    using folder = temporaryFolder();
    await using lab = await openRelay(folder.path);
    await lab.take('a', 'b');
    lab.faults.failNext('publish', DOWN, { after: true });
    lab.assembly.relay.start();
    await lab.relayed();
    expect(lab.published).toEqual(['a', 'b', 'a', 'b']);
    expect(lab.ids.slice(2)).toEqual(lab.ids.slice(0, 2));
  });

  it('says while it fails why, and waits longer each time, however much is committed meanwhile', async () => {
    using folder = temporaryFolder();
    const clock = new ManualClock();
    await using lab = await openRelay(folder.path, { clock, random: () => 0.99 });
    const { relay } = lab.assembly;
    const failures = [1, 2].map((nth) => lab.faults.failNext('publish', DOWN, { nth }));
    await lab.take('a');
    relay.start();
    await failures[0]!.reached;
    // beside the one that keeps the lease
    await clock.sleeping(2);
    expect(relay.failure).toBe(DOWN);
    await lab.take(...numbered(5));
    await clock.advance(45);
    expect(await lab.metrics.text()).toMatch(/^outbox_publish_failures_total.* 1$/m);
    await clock.advance(10);
    await failures[1]!.reached;
    // beside the one that keeps the lease
    await clock.sleeping(2);
    await clock.advance(100);
    await lab.relayed();
    await until(
      () => relay.failure,
      (failure) => failure === undefined,
    );
    expect(lab.published).toEqual(['a', ...numbered(5)]);
    expect(lab.logged.map(({ msg }) => msg)).toEqual([
      'the outbox cannot be relayed; its events wait, trying again',
      'the outbox is relayed again',
    ]);
  });

  it('goes on by itself when the database was away', async () => {
    using folder = temporaryFolder();
    let store!: FaultyStore;
    await using lab = await openRelay(folder.path, {
      wrapStore: (one: Store) => (store = new FaultyStore(one)),
    });
    await lab.take('a');
    for (const point of ['leases.acquire', 'outbox.read', 'outbox.remove'] as const)
      store.failNext(point, DOWN);
    lab.assembly.relay.start();
    await lab.relayed();
    expect(lab.published).toEqual(['a', 'a']);
  });

  it('publishes what is left when it stops', async () => {
    using folder = temporaryFolder();
    await using lab = await openRelay(folder.path);
    lab.assembly.relay.start();
    await until(() => lab.assembly.relay.isLeader, Boolean);
    await lab.take(...numbered(10));
    await lab.assembly.relay.stop(5_000);
    expect(lab.published).toEqual(numbered(10));
    await lab.take('later');
    expect(lab.published).toHaveLength(10);
  });

  it('stops at once when the broker is away, and keeps what it could not publish', async () => {
    using folder = temporaryFolder();
    await using lab = await openRelay(folder.path, { random: () => 1 });
    await lab.take('a');
    const failed = lab.faults.failNext('publish', DOWN);
    lab.assembly.relay.start();
    await failed.reached;
    await until(() => lab.assembly.relay.failure, Boolean);
    lab.faults.failNext('publish', new Error('must not be called any more'));
    await lab.assembly.relay.stop(60_000);
    expect((await lab.store.outbox.status()).pending).toBe(1);
  });
});

describe('two relays of one database', () => {
  it('publish through one of them, also what was committed beside the other', async () => {
    using folder = temporaryFolder();
    await using first = await openRelay(folder.path);
    await using second = await openRelay(folder.path);
    first.assembly.relay.start();
    await until(() => first.assembly.relay.isLeader, Boolean);
    second.assembly.relay.start();
    await second.take(...numbered(10));
    await first.relayed();
    expect(first.published).toEqual(numbered(10));
    expect(second.published).toEqual([]);
    expect(second.assembly.relay.isLeader).toBe(false);
  });

  it('do not wake each other when there is nothing to do', async () => {
    using folder = temporaryFolder();
    let asked = 0;
    const wrapStore = (store: Store) => {
      const acquire = store.leases.acquire.bind(store.leases);
      store.leases.acquire = (...lease) => (asked++, acquire(...lease));
      return store;
    };
    await using first = await openRelay(folder.path, { wrapStore });
    // its clock stands still, so that nothing but a wake-up could make it ask again
    await using second = await openRelay(folder.path, { wrapStore, clock: new ManualClock() });
    first.assembly.relay.start();
    await until(() => first.assembly.relay.isLeader, Boolean);
    second.assembly.relay.start();
    await until(
      () => asked,
      (times) => times === 2,
    );
    // each of these tells the watchers of the file
    for (let i = 0; i < 20; i++) await first.take('a');
    await first.relayed();
    await second.relayed();
    expect(asked).toBe(2);
  });

  it('take over from each other when one stops, without losing or repeating anything', async () => {
    using folder = temporaryFolder();
    const clock = new ManualClock();
    await using first = await openRelay(folder.path);
    await using second = await openRelay(folder.path, { clock });
    first.assembly.relay.start();
    await until(() => first.assembly.relay.isLeader, Boolean);
    second.assembly.relay.start();
    await clock.sleeping();
    await second.take('a', 'b');
    await first.relayed();
    await first.assembly.relay.stop(1_000);
    await second.take('c');
    await clock.advance(1_000);
    await second.relayed();
    expect([first.published, second.published]).toEqual([['a', 'b'], ['c']]);
  });

  it('do no harm when one is taken for dead while it publishes: it deletes nothing and follows', async () => {
    using folder = temporaryFolder();
    const clock = new ManualClock();
    const shortLease = (store: Store) => {
      const acquire = store.leases.acquire.bind(store.leases);
      store.leases.acquire = (name, owner) => acquire(name, owner, 30);
      return store;
    };
    await using slow = await openRelay(folder.path, { wrapStore: shortLease });
    await using other = await openRelay(folder.path, { clock });
    const held = slow.faults.holdNext('publish', { after: true });
    await slow.take('a');
    slow.assembly.relay.start();
    await held.reached;
    other.assembly.relay.start();
    await until(async () => (await clock.advance(1_000), other.assembly.relay.isLeader), Boolean);
    await other.relayed();
    const blocked = other.faults.holdNext('publish');
    await other.take('b');
    await blocked.reached;
    held.release();
    await until(
      () => slow.logged.map(({ msg }) => msg),
      (lines) => lines.includes('another process relays the outbox now'),
    );
    expect((await slow.store.outbox.status()).pending).toBe(1);
    blocked.release();
    await other.relayed();
    expect([slow.published, other.published]).toEqual([['a'], ['a', 'b']]);
    expect(other.ids[0]).toBe(slow.ids[0]);
  });

  it('keep to one leader while the broker is slow, however long one batch takes', async () => {
    using folder = temporaryFolder();
    await using slow = await openRelay(folder.path, { wrapStore: fastLease, clock: fastClock });
    await using other = await openRelay(folder.path, { wrapStore: fastLease, clock: fastClock });
    const held = slow.faults.holdNext('publish');
    await slow.take('a');
    slow.assembly.relay.start();
    await held.reached;
    other.assembly.relay.start();
    // three times as long as the lease lasts when nobody renews it
    await fastClock.sleep(9_000);
    expect(other.assembly.relay.isLeader).toBe(false);
    held.release();
    await slow.relayed();
    expect([slow.published, other.published]).toEqual([['a'], []]);
  });

  it('a leader that wakes up after its lease has passed on publishes nothing of what it had read', async () => {
    using folder = temporaryFolder();
    const clock = new ManualClock();
    await using paused = await openRelay(folder.path, { wrapStore: asleepWhileReading(clock), clock });
    await paused.take('a');
    paused.assembly.relay.start();
    await until(
      () => paused.logged.map(({ msg }) => msg),
      (lines) => lines.includes('another process relays the outbox now'),
    );
    expect(paused.published).toEqual([]);
  });

  it('a leader that cannot remove what it has published says how much will come again', async () => {
    using folder = temporaryFolder();
    let store!: FaultyStore;
    await using lab = await openRelay(folder.path, { wrapStore: (one) => (store = new FaultyStore(one)) });
    store.failNext('outbox.remove', new LeaseLostError('outbox-relay'));
    await lab.take('a', 'b');
    lab.assembly.relay.start();
    await lab.relayed();
    expect(lab.published).toEqual(['a', 'b', 'a', 'b']);
    expect(await lab.metrics.text()).toMatch(/^outbox_repeats_total\S* 2$/m);
    expect(lab.logged).toContainEqual(expect.objectContaining({ level: 'warn', records: 2 }));
  });
});
