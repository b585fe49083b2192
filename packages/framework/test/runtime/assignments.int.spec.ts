import { describe, expect, it } from 'vitest';
import type { ConsumerRecord } from '../../src/broker/broker.js';
import { HeldPartitions } from '../../src/broker/embedded/held-partitions.js';
import type { EmbeddedLog } from '../../src/broker/embedded/embedded-log.js';
import { systemClock } from '../../src/kernel/clock.js';
import { Latch } from '../../src/kernel/latch.js';
import { silentLogger } from '../../src/kernel/logger.js';
import { openLab } from '../fixtures/lab.js';
import { calls, duty, filed, letter, office, resetOffice } from '../fixtures/office.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';
import { until } from '../fixtures/until.js';

resetOffice();

const at = { topic: 't', partition: 0 };
const record = (offset: number): ConsumerRecord => ({
  ...at,
  offset,
  key: String(offset),
  headers: {},
  value: Buffer.from('{}'),
  timestamp: 1,
});

describe('a partition that is lost while it is revoked, and then comes back', () => {
  it('is not taken away again when the old revocation runs out of time', async () => {
    const told: string[] = [];
    const letGo = new Latch();
    const received: number[] = [];
    const held = new HeldPartitions({
      // only what the feed reads is needed of the log
      log: {
        read: (_: number, __: object, from: number) =>
          [record(0), record(1)].filter(({ offset }) => offset >= from),
      } as unknown as EmbeddedLog,
      limit: { records: 10, bytes: 1e6 },
      receiver: {
        assigned: () => void told.push('assigned'),
        lost: () => void told.push('lost'),
        received: async (_, records) => void received.push(...records.map(({ offset }) => offset)),
        revoked: () => (told.push('revoked'), letGo.opened),
      },
      logger: silentLogger,
      clock: systemClock,
      rebalanceLimitMs: 30,
      failed: (error) => expect.fail(String(error)),
      broken: (error) => expect.fail(String(error)),
    });
    const owned = (epoch: number) => ({ id: 1, ...at, epoch, committed: 0 });
    held.take([owned(1)], new Map([[1, 0]]));
    const revoked = held.revoke([1]);
    held.lose([1]);
    held.take([owned(3)], new Map([[1, 0]]));
    await revoked;
    expect(told).toEqual(['assigned', 'revoked', 'lost', 'assigned']);
    held.advance(new Map([[1, 2]]));
    await until(
      () => received,
      (offsets) => offsets.length === 2,
    );
    expect(held.proven([{ ...at, offset: 1 }])).toEqual([{ id: 1, epoch: 3, offset: 1 }]);
    letGo.open();
  });
});

describe('a key that another process parked before this one got its partition', () => {
  it('is put behind without an attempt: a handler never runs ahead of what waits', async () => {
    using folder = temporaryFolder();
    await using lab = await openLab(folder.path, office, { idle: true });
    await lab.assembly.consumer!.start();
    await lab.send(letter('warm', 1));
    await lab.drained();
    const place = {
      topic: office.topic,
      partition: 0,
      offset: 0,
      recordKey: 'a',
      headers: {},
      value: null,
      timestamp: 1,
    };
    await lab.store.parking.park({
      handler: 'Clerk',
      key: 'a',
      eventId: 'x',
      eventType: 'Letter',
      ...place,
      reason: null,
      attempts: 1,
    });
    // what a rebalance does
    const partitions = Array.from({ length: 6 }, (_, partition) => ({ topic: office.topic, partition }));
    const consumer = lab.assembly.consumer!;
    await consumer.revoked(partitions);
    consumer.assigned(partitions);
    duty.clerk = ({ from }) => {
      if (from === 'a') throw new Error('it ran ahead');
    };
    await lab.send(letter('a', 1), letter('b', 1));
    await until(
      () => filed(lab),
      (done) => done.includes('b1'),
    );
    await until(
      () => lab.store.parking.records('Clerk', 'a', 0, 10),
      (waiting) => waiting.length === 2,
    );
    expect(calls).not.toContain('clerk a1');
  });
});
