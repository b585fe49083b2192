import { describe, expect, it } from 'vitest';
import { StatementTimeoutError, StoreFailedError } from '../../src/kernel/errors/store-errors.js';
import { FaultyStore } from '../../src/testing/faulty-store.js';
import { type Lab, openLab } from '../fixtures/lab.js';
import { duty, filed, letter, office, resetOffice, waiting } from '../fixtures/office.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';
import { until } from '../fixtures/until.js';

resetOffice();

const onePartition = { settings: { TOPIC_PARTITIONS: 1 }, random: () => 0 };
const messages = (lab: Lab) => lab.logged.map(({ msg }) => msg);

describe('a record that the parking lot refuses', () => {
  const closed = () => {
    duty.clerk = ({ from }) => {
      if (from === 'bad') throw new Error('closed');
    };
  };

  it('is parked without its content, and its key waits as any other', async () => {
    using folder = temporaryFolder();
    closed();
    await using lab = await openLab(folder.path, office, {
      ...onePartition,
      wrapStore: (real) => {
        const park = real.parking.park.bind(real.parking);
        real.parking.park = (record) =>
          record.value === null ? park(record) : Promise.reject(new StoreFailedError('test', 'parking'));
        return real;
      },
    });
    await lab.send(letter('bad', 1), letter('bad', 2), letter('a', 1));
    await lab.drained();
    expect(await filed(lab)).toEqual(['a1']);
    expect(await waiting(lab)).toEqual(['Clerk bad: Error, 2']);
    const [first, second] = await lab.store.parking.records('Clerk', 'bad', 0, 2);
    expect(first).toMatchObject({ value: null, offset: 0, reason: { message: 'closed' } });
    expect(second!.value).not.toBeNull();
    expect(messages(lab)).toContain('the content of a record cannot be parked; parking its place without it');
  });

  it('also without its content stops its partition, and says so', async () => {
    using folder = temporaryFolder();
    closed();
    let store!: FaultyStore;
    await using lab = await openLab(folder.path, office, {
      ...onePartition,
      wrapStore: (real) => (store = new FaultyStore(real)),
    });
    const failure = new StoreFailedError('test', 'parking');
    for (let nth = 1; nth <= 2; nth++) store.failNext('parking.park', failure, { nth });
    await lab.send(letter('a', 1), letter('bad', 1), letter('bad', 2));
    const { consumer } = lab.assembly;
    await until(
      () => consumer!.state,
      (state) => state === 'failing',
    );
    expect(consumer!.failure).toBe(failure);
    expect(await filed(lab)).toEqual(['a1']);
    await until(
      async () => (await consumer!.lag()).map((one) => one.lag),
      ([lag]) => lag === 2,
    );
    // the next start tries again
    await consumer!.stop();
    await using next = await openLab(folder.path, office, onePartition);
    await next.drained();
    expect(await waiting(next)).toEqual(['Clerk bad: Error, 2']);
  });

  it('stops its partition only for the member that has it', async () => {
    using folder = temporaryFolder();
    closed();
    let store!: FaultyStore;
    await using lab = await openLab(folder.path, office, {
      ...onePartition,
      wrapStore: (real) => (store = new FaultyStore(real)),
    });
    const failure = new StoreFailedError('test', 'parking');
    for (let nth = 1; nth <= 2; nth++) store.failNext('parking.park', failure, { nth });
    await lab.send(letter('bad', 1));
    const consumer = lab.assembly.consumer!;
    await until(
      () => consumer.state,
      (state) => state === 'failing',
    );
    // as the broker says it when another member has it now
    consumer.lost(await consumer.lag());
    expect([consumer.state, consumer.failure]).toEqual(['running', undefined]);
  });

  it('because it is slow keeps its content and its partition, however long that lasts', async () => {
    using folder = temporaryFolder();
    closed();
    let store!: FaultyStore;
    await using lab = await openLab(folder.path, office, {
      ...onePartition,
      wrapStore: (real) => (store = new FaultyStore(real)),
    });
    for (let nth = 1; nth <= 30; nth++)
      store.failNext('parking.park', new StatementTimeoutError('test', 'parking'), { nth });
    await lab.send(letter('bad', 1), { value: 'no event' }, letter('a', 1));
    await lab.drained();
    expect(lab.assembly.consumer!.failure).toBeUndefined();
    expect(await filed(lab)).toEqual(['a1']);
    expect((await waiting(lab)).toSorted()).toEqual([
      '(unreadable) null: UNREADABLE_RECORD, 1',
      'Clerk bad: Error, 1',
    ]);
    const [first] = await lab.store.parking.records('Clerk', 'bad', 0, 1);
    expect(first!.value).not.toBeNull();
  });

  it('and is no event is parked without its bytes, and holds nothing up', async () => {
    using folder = temporaryFolder();
    let store!: FaultyStore;
    await using lab = await openLab(folder.path, office, {
      ...onePartition,
      wrapStore: (real) => (store = new FaultyStore(real)),
    });
    store.failNext('parking.park', new StoreFailedError('test', 'parking'));
    await lab.send({ value: 'no event' }, letter('a', 1));
    await lab.drained();
    expect(await filed(lab)).toEqual(['a1']);
    expect(await waiting(lab)).toEqual(['(unreadable) null: UNREADABLE_RECORD, 1']);
    const [parked] = await lab.store.parking.records('(unreadable)', null, 0, 1);
    expect(parked).toMatchObject({ value: null, headers: {}, offset: 0 });
  });
});
