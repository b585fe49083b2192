import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Broker } from '../../src/broker/broker.js';
import { BrokerUnavailableError } from '../../src/kernel/errors/broker-errors.js';
import { Latch } from '../../src/kernel/latch.js';
import { NoticeBoard } from '../../src/testing/broker/notice-board.js';
import { type ServerContainer, noContainers } from '../containers/containers.js';
import { startKafka } from '../containers/kafka.js';
import { until } from '../fixtures/until.js';
import { Collector } from './embedded-fixture.js';
import { KafkaBench, named, record } from './kafka-bench.js';
import { kafkaBroker } from './kafka-fixture.js';

const reason = noContainers === undefined ? '' : ` (${noContainers})`;

let server: ServerContainer;
let bench: KafkaBench;

/** Publishes numbered records of each key, one call after the other, until it is stopped; again what was rejected. */
function flow(broker: Broker, topic: string, keys: readonly string[]) {
  const state = { calls: 0, rejected: 0, isStopped: false };
  const done = (async () => {
    while (!state.isStopped) {
      const call = state.calls;
      try {
        await broker.publish(keys.map((key) => record(topic, key, String(call))));
        state.calls++;
      } catch (error) {
        if (!(error instanceof BrokerUnavailableError)) throw error;
        state.rejected++;
      }
      await pause(5);
    }
  })();
  return {
    state,
    async stop() {
      state.isStopped = true;
      await done;
    },
  };
}

/** The values of a key in the order in which each came first. */
function firstSeen({ records }: Collector, key: string): number[] {
  const values = records
    .filter((one) => one.key === key)
    .map(({ value }) => Number(Buffer.from(value!).toString()));
  return [...new Set(values)];
}

describe.skipIf(noContainers !== undefined)(`Kafka in trouble${reason}`, { timeout: 120_000 }, () => {
  beforeAll(async () => {
    server = await startKafka();
    bench = new KafkaBench(server.port);
  }, 120_000);
  afterEach(() => bench.end(), 60_000);
  afterAll(() => server?.[Symbol.asyncDispose]());

  it.each([
    [
      'killed and started again',
      async () => {
        await server.kill();
        await pause(500);
        await server.start();
      },
    ],
    [
      'frozen for longer than a request may take',
      async () => {
        await server.pause();
        await pause(3_500);
        await server.unpause();
      },
    ],
  ])(
    'under load it is %s: nothing is lost, each key keeps its order, all goes on by itself',
    async (_how, fault) => {
      const broker = await bench.open({ requestTimeoutMs: 2_000 });
      const topic = await bench.topic(broker, 3);
      const keys = ['a', 'b', 'c', 'd'];
      const collector = await bench.joined(broker, named('group'), topic);
      const flowing = flow(broker, topic, keys);
      await until(
        () => collector.records.length,
        (count) => count > 100,
        30_000,
      );
      await fault();
      const before = flowing.state.calls;
      await until(
        () => flowing.state.calls,
        (calls) => calls > before + 50,
        60_000,
      );
      await flowing.stop();
      expect(flowing.state.rejected).toBeGreaterThan(0);
      const expected = Array.from({ length: flowing.state.calls }, (_, i) => i);
      for (const key of keys) {
        // the last call may have been rejected and stored
        const seen = await until(
          () => firstSeen(collector, key),
          (all) => all.length >= expected.length,
          60_000,
        );
        expect(seen.slice(0, expected.length)).toEqual(expected);
      }
    },
  );

  it('a receiver that is stuck with one partition holds up no other, and gets the rest in order later', async () => {
    const broker = await bench.open();
    const topic = await bench.topic(broker, 2);
    const stuck = new Latch();
    const collector: Collector = new Collector(new NoticeBoard(60_000), ({ partition }) =>
      partition === collector.records[0]!.partition ? stuck.opened : Promise.resolve(),
    );
    await broker.subscribe({
      group: named('group'),
      topics: [topic],
      from: 'earliest',
      maxBatch: 20,
      receiver: collector,
    });
    const slow = Array.from({ length: 3_000 }, (_, i) => `${i}`.padEnd(1_000, '.'));
    for (let i = 0; i < slow.length; i += 500) {
      await broker.publish(slow.slice(i, i + 500).map((value) => record(topic, 'slow', value)));
    }
    await until(
      () => collector.records.length,
      (count) => count > 0,
    );
    // of these some go to the other partition
    const quick = Array.from({ length: 500 }, (_, i) => `key ${i}`);
    for (const key of quick) await broker.publish([record(topic, key, key)]);
    const others = () =>
      collector.records.filter(({ partition }) => partition !== collector.records[0]!.partition);
    await until(
      () => others().length,
      (count) => count > 150,
      30_000,
    );
    expect(collector.records.length - others().length).toBeLessThanOrEqual(20);
    stuck.open();
    const ofSlow = () => collector.records.filter(({ key }) => key === 'slow');
    await until(
      () => ofSlow().length,
      (count) => count === slow.length,
      60_000,
    );
    expect(ofSlow().map(({ value }) => Buffer.from(value!).toString())).toEqual(slow);
  });

  it('a member that is killed loses its partitions to the others after the session timeout', async () => {
    const broker = await bench.open();
    const topic = await bench.topic(broker, 4);
    const group = named('group');
    const child = bench.child({ group, topic });
    await child.told('assigned', ({ partitions }) => partitions.length === 4);
    const survivor = await bench.joined(broker, group, topic);
    await until(
      () => survivor.held.size,
      (held) => held === 2,
      30_000,
    );
    const killed = performance.now();
    await child.end();
    await until(
      () => survivor.held.size,
      (held) => held === 4,
      30_000,
    );
    expect(performance.now() - killed).toBeLessThan(15_000);
  });

  it('a member that slept is told what it lost, and its late commit is not taken', async () => {
    const broker = await bench.open();
    const topic = await bench.topic(broker, 1);
    const group = named('group');
    await broker.publish(['a', 'b', 'c'].map((value) => record(topic, 'k', value)));
    const sleeper = bench.child({ group, topic });
    await sleeper.told('received');
    await sleeper.stop();
    // takes over, and has nothing committed yet when the other wakes up
    const other = new Collector(new NoticeBoard(60_000));
    const subscription = await broker.subscribe({
      group,
      topics: [topic],
      from: 'earliest',
      maxBatch: 10,
      receiver: other,
    });
    await until(
      () => other.values,
      (values) => values.length === 3,
      40_000,
    );
    sleeper.say({ kind: 'go on' });
    sleeper.goOn();
    await sleeper.told('lost');
    await sleeper.told('committed');
    await sleeper.end();
    await subscription.close();
    // the sleeper is a member again, perhaps, until its session is over
    const next = new Collector(new NoticeBoard(60_000));
    await broker.subscribe({ group, topics: [topic], from: 'earliest', maxBatch: 10, receiver: next });
    await until(
      () => next.values,
      (values) => values.length === 3,
      40_000,
    );
    expect(next.values).toEqual(['a', 'b', 'c']);
  });

  it('the process is spared the warning that kafkajs causes, and gets every other', async () => {
    const broker = await bench.open();
    const topic = await bench.topic(broker, 1);
    const child = bench.child({ group: named('group'), topic });
    await child.told('assigned');
    await child.told('warning', ({ name }) => name === 'AppWarning');
    const names = child.messages.filter(({ kind }) => kind === 'warning').map(({ name }) => name);
    expect(names).not.toContain('TimeoutNegativeWarning');
  });

  it('closing during an outage ends in bounded time', async () => {
    const broker = await bench.open({ requestTimeoutMs: 1_500, rebalanceLimitMs: 2_000 });
    const topic = await bench.topic(broker, 2);
    const collector = await bench.joined(broker, named('group'), topic);
    await until(
      () => collector.held.size,
      (held) => held === 2,
      30_000,
    );
    await broker.publish([record(topic, 'k', 'v')]);
    await until(
      () => collector.values,
      (values) => values.length === 1,
    );
    await server.pause();
    try {
      const begun = performance.now();
      await broker.close();
      expect(performance.now() - begun).toBeLessThan(8_000);
    } finally {
      await server.unpause();
    }
  });

  it('nothing keeps the process alive after it has closed during an outage', async () => {
    const broker = await bench.open();
    const topic = await bench.topic(broker, 1);
    await broker.publish([record(topic, 'k', 'v')]);
    const child = bench.child({ group: named('group'), topic });
    await child.told('received');
    await server.pause();
    try {
      child.say({ kind: 'go on' });
      // what kafkajs would try again for ever
      child.say({ kind: 'publish' });
      await child.told('not published');
      child.say({ kind: 'close' });
      await child.told('closed');
      const closed = performance.now();
      await expect(child.told('anything more')).rejects.toThrow(/the child ended/);
      expect(performance.now() - closed).toBeLessThan(5_000);
    } finally {
      await server.unpause();
    }
  });

  it('opening while it is away is refused in bounded time, and may be tried again', async () => {
    const broker = kafkaBroker(server.port, { requestTimeoutMs: 1_500 });
    await server.pause();
    try {
      const begun = performance.now();
      await expect(broker.open()).rejects.toThrow(BrokerUnavailableError);
      expect(performance.now() - begun).toBeLessThan(6_000);
    } finally {
      await server.unpause();
    }
    await until(
      () =>
        broker.open().then(
          () => true,
          () => false,
        ),
      (isOpen) => isOpen,
      30_000,
    );
    // it has just been let go on: one question may still take it longer than it has
    await until(
      () =>
        broker.ping().then(
          () => true,
          () => false,
        ),
      (isAlive) => isAlive,
      30_000,
    );
    await broker.close();
  });
});
