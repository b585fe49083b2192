import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ProducerRecord, RecordReceiver } from '../../src/broker/broker.js';
import { EmbeddedBroker } from '../../src/broker/embedded/embedded-broker.js';
import { LogTail } from '../../src/broker/embedded/log-tail.js';
import { type Clock, systemClock } from '../../src/kernel/clock.js';
import { BrokerUnavailableError } from '../../src/kernel/errors/broker-errors.js';
import { SqliteFile } from '../../src/sqlite/sqlite-file.js';
import { Collector, EmbeddedFixture } from './embedded-fixture.js';

const HOUR_MS = 3_600_000;

let fixture: EmbeddedFixture;
beforeEach(() => (fixture = new EmbeddedFixture()));
afterEach(() => fixture.end());

const record = (value: string, key: string | null = 'k'): ProducerRecord => ({
  topic: 't',
  key,
  value: Buffer.from(value),
  headers: {},
});
const numbered = (count: number, from = 0) => Array.from({ length: count }, (_, i) => `v${from + i}`);
const topic = (limits: { retentionMs?: number; retentionBytes?: number; partitions?: number } = {}) => ({
  name: 't',
  partitions: 1,
  retentionMs: HOUR_MS,
  retentionBytes: 2 ** 30,
  ...limits,
});
const reading = (group: string, receiver: RecordReceiver, from: 'earliest' | 'latest' = 'earliest') => ({
  group,
  topics: ['t'],
  from,
  maxBatch: 1_000,
  receiver,
});

describe('retention', () => {
  test('deletes what is older than the limit, and the next offset goes on', async () => {
    let shiftMs = 0;
    const clock: Clock = {
      now: () => Date.now() + shiftMs,
      sleep: (ms, signal) => systemClock.sleep(ms, signal),
    };
    const broker = await fixture.broker({ clock, housekeepingMs: 20 });
    await broker.ensureTopic(topic());
    await broker.publish(numbered(1_200).map((value) => record(value)));
    const early = new Collector(fixture.board);
    const group = await broker.subscribe(reading('early', early));
    await fixture.board.until('all have come', () => early.records.length === 1_200);
    await group.commit([{ topic: 't', partition: 0, offset: 3 }]);
    await group.close();

    shiftMs = HOUR_MS + 60_000;
    await fixture.board.until('all are gone', () => fixture.look('SELECT offset FROM records').length === 0);
    await broker.publish(numbered(2, 1_200).map((value) => record(value)));
    const late = new Collector(fixture.board);
    const again = await broker.subscribe(reading('early', late));
    await fixture.board.until('the new ones have come', () => late.records.length === 2);
    expect(late.records.map(({ offset }) => offset)).toEqual([1_200, 1_201]);
    expect(await again.lag()).toEqual([{ topic: 't', partition: 0, offset: 1_200, lag: 2 }]);
  });

  test('deletes the oldest records of a partition that has too many bytes, and keeps the newest', async () => {
    const brokers = await Promise.all([1, 2, 3].map(() => fixture.broker({ housekeepingMs: 20 })));
    await brokers[0]!.ensureTopic(topic({ retentionBytes: 50_000 }));
    const text = 'x'.repeat(1_000);
    for (let i = 0; i < 10; i++)
      await brokers[0]!.publish(numbered(100, i * 100).map((v) => record(`${v} ${text}`)));
    const bytes = (): number => fixture.look('SELECT bytes FROM partitions')[0].bytes;
    await fixture.board.until('the partition is small enough', () => bytes() <= 50_000);
    const [{ total, first, last, count }] = fixture.look(
      'SELECT sum(bytes) AS total, min(offset) AS first, max(offset) AS last, count(*) AS count FROM records',
    );
    expect(bytes()).toBe(total);
    expect(total).toBeGreaterThan(45_000);
    expect([last, count]).toEqual([999, 1_000 - first]);
  });
});

describe('reading', () => {
  test('takes no more bytes at once than the limit, however many records are allowed', async () => {
    const broker = await fixture.broker();
    await broker.ensureTopic(topic());
    await broker.publish(numbered(40).map((value) => record(value.padEnd(100_000))));
    const sizes: number[] = [];
    const collector: Collector = new Collector(fixture.board, async (_partition, records) => {
      sizes.push(records.length);
    });
    await broker.subscribe(reading('g', collector));
    await fixture.board.until('all have come', () => collector.records.length === 40);
    expect(sizes).toEqual([10, 10, 10, 10]);
  });

  test('a group from latest begins where the log was when its first member joined', async () => {
    const broker = await fixture.broker();
    await broker.ensureTopic(topic());
    await broker.publish([record('old')]);
    const collector = new Collector(fixture.board);
    await broker.subscribe(reading('g', collector, 'latest'));
    await broker.publish([record('new')]);
    await fixture.board.until('one has come', () => collector.records.length > 0);
    expect(collector.values).toEqual(['new']);
  });

  test('changes are found by the slow poll where the file system does not tell of them', async () => {
    class DeafFile extends SqliteFile {
      override onChanged(): () => void {
        return () => {};
      }
    }
    const broker = await fixture.broker();
    const options = { path: fixture.path, clock: systemClock, random: Math.random, busyLimitMs: 1_000 };
    const file = new DeafFile(options);
    const tail = new LogTail({ file, clock: systemClock, pollMs: 5 });
    let partitions = 0;
    tail.follow({
      changed: ({ nextOffsets }) => {
        partitions = nextOffsets.size;
        fixture.board.notify();
      },
      failed: () => {},
    });
    await broker.ensureTopic(topic({ partitions: 3 }));
    await fixture.board.until('the new topic is seen', () => partitions > 0);
    expect(partitions).toBe(3);
    tail.stop();
    await file.close();
  });

  test('a member that is alone in its group writes nothing while nothing happens', async () => {
    let naps = 0;
    const clock: Clock = {
      now: () => Date.now(),
      sleep: (ms, signal) => {
        naps += ms === 7 ? 1 : 0;
        return systemClock.sleep(ms, signal);
      },
    };
    const broker = await fixture.broker({ clock, heartbeatMs: 7 });
    await broker.ensureTopic(topic());
    const collector = new Collector(fixture.board);
    await broker.subscribe(reading('g', collector));
    const file = new DatabaseSync(fixture.path, { readOnly: true });
    const version = () => file.prepare('PRAGMA data_version').get()!['data_version'];
    await fixture.board.until('it has settled', () => naps > 5);
    const before = version();
    await fixture.board.until('it has woken many times', () => naps > 30);
    expect(version()).toBe(before);
    file.close();
  });
});

describe('trouble', () => {
  test('a receiver that does not let go is left behind after the rebalance limit, and told so', async () => {
    const broker = await fixture.broker({ rebalanceLimitMs: 50 });
    await broker.ensureTopic(topic());
    const collector = new Collector(fixture.board);
    collector.revoked = () => new Promise(() => {});
    const subscription = await broker.subscribe(reading('g', collector));
    await fixture.board.until('it has the partition', () => collector.held.size === 1);
    await broker.close();
    expect(collector.losses).toEqual([0]);
    expect(subscription.state).toBe('closed');
  });

  test('closing does not hang when the file is locked for good', async () => {
    const broker = await fixture.broker({ busyLimitMs: 100 });
    await broker.ensureTopic(topic());
    const collector = new Collector(fixture.board);
    await broker.subscribe(reading('g', collector));
    await fixture.board.until('it has the partition', () => collector.held.size === 1);
    const other = new DatabaseSync(fixture.path);
    other.exec('BEGIN IMMEDIATE');
    await broker.close();
    other.close();
    expect(collector.held.size).toBe(0);
  });

  test('a path that cannot be opened and a log of a newer version are refused', async () => {
    mkdirSync(`${fixture.folder}/a-folder`);
    await expect(fixture.broker({ path: `${fixture.folder}/a-folder` })).rejects.toThrow(
      BrokerUnavailableError,
    );
    await (await fixture.broker()).close();
    const file = new DatabaseSync(fixture.path);
    file.exec('PRAGMA user_version = 99');
    file.close();
    await expect(fixture.broker()).rejects.toThrow(BrokerUnavailableError);
  });

  test('a subscription that cannot write because the file is locked goes on trying until it can', async () => {
    const naps: number[] = [];
    const clock: Clock = {
      now: () => Date.now(),
      sleep: (ms, signal) => {
        naps.push(ms);
        fixture.board.notify();
        return systemClock.sleep(ms, signal);
      },
    };
    const broker = await fixture.broker({ clock, random: () => 0.99, busyLimitMs: 50 });
    await broker.ensureTopic(topic());
    const collector = new Collector(fixture.board);
    const subscription = await broker.subscribe(reading('g', collector));
    await fixture.board.until('it has the partition', () => collector.held.size === 1);
    const lock = new DatabaseSync(fixture.path, { timeout: 5_000 });
    lock.exec('BEGIN IMMEDIATE');
    await expect(subscription.commit([{ topic: 't', partition: 0, offset: 0 }])).rejects.toThrow(
      BrokerUnavailableError,
    );
    // the pauses after the second and the third failure, which are its own attempts
    await fixture.board.until('it has failed again', () => naps.includes(198) && naps.includes(396));
    expect(subscription.state).toBe('failing');
    lock.close();
    await fixture.board.until('it runs', () => subscription.state === 'running');
    await subscription.commit([{ topic: 't', partition: 0, offset: 0 }]);
  });

  test('a subscription that cannot read is failing, tries again with pauses, and works again by itself', async () => {
    const broker = await fixture.broker({ random: () => 0.99 });
    await broker.ensureTopic(topic());
    const collector = new Collector(fixture.board);
    const subscription = await broker.subscribe(reading('g', collector));
    await fixture.board.until('it has the partition', () => collector.held.size === 1);
    const file = new DatabaseSync(fixture.path, { timeout: 5_000 });
    file.exec(
      'BEGIN IMMEDIATE; ALTER TABLE records RENAME TO hidden; UPDATE partitions SET next_offset = 1; COMMIT',
    );
    await fixture.board.until('it is failing', () => subscription.state === 'failing');
    const failedAt = performance.now();
    expect(subscription.failure).toBeInstanceOf(BrokerUnavailableError);
    const attempts = () => fixture.look('SELECT beat FROM members')[0].beat;
    const before = attempts();
    await fixture.board.until('it has tried again', () => attempts() >= before + 3);
    // 99 ms, then 198 ms, then 396 ms, of which one may have been over before the first look
    expect(performance.now() - failedAt).toBeGreaterThan(400);
    file.exec('ALTER TABLE hidden RENAME TO records');
    file.close();
    await broker.publish([record('after')]);
    await fixture.board.until('it runs', () => subscription.state === 'running');
    await fixture.board.until('it reads', () => collector.values.includes('after'));
    expect(subscription.failure).toBeUndefined();
  });

  test('a fault of the file is answered with BrokerUnavailableError, and its cause is kept', async () => {
    const broker = await fixture.broker();
    await broker.ensureTopic(topic());
    const file = new DatabaseSync(fixture.path);
    file.exec('DROP TABLE records');
    file.close();
    const error: any = await broker.publish([record('v')]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BrokerUnavailableError);
    expect(error.cause).toHaveProperty('errcode');
  });
});

describe('opening', () => {
  test('may be tried again when it has failed', async () => {
    const inTheWay = join(fixture.folder, 'data');
    writeFileSync(inTheWay, 'a file where the folder of the log is to be');
    const broker = new EmbeddedBroker({
      path: join(inTheWay, 'log.db'),
      clock: systemClock,
      random: Math.random,
    });
    await expect(broker.open()).rejects.toThrow(BrokerUnavailableError);
    rmSync(inTheWay);
    await broker.open();
    await broker.ensureTopic(topic());
    await broker.publish([record('v')]);
    await broker.close();
  });
});
