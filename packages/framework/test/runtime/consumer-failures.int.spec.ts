import { describe, expect, it } from 'vitest';
import { DomainError } from '../../src/kernel/errors/model-errors.js';
import type { Store } from '../../src/store/store.js';
import { openLab } from '../fixtures/lab.js';
import {
  auditedOffice,
  calls,
  duty,
  filed,
  letter,
  office,
  resetOffice,
  waiting,
} from '../fixtures/office.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';

resetOffice();

const atOnce = { random: () => 0 };
const times = (call: string) => calls.filter((one) => one === call).length;

describe('a record that its handler cannot handle', () => {
  it('is tried again, and takes effect when that helps', async () => {
    using folder = temporaryFolder();
    duty.clerk = () => {
      if (calls.length < 5) throw new Error('not yet');
    };
    await using lab = await openLab(folder.path, office, atOnce);
    await lab.send(letter('a', 1), letter('a', 2));
    await lab.drained();
    expect(calls).toEqual([...Array.from({ length: 5 }, () => 'clerk a1'), 'clerk a2']);
    expect(await filed(lab)).toEqual(['a1', 'a2']);
    expect(await lab.metrics.text()).toMatch(/^handler_duration_seconds_count\{.*outcome="failed".*\} 4$/m);
  });

  it('is parked after its last attempt; what comes for its key waits behind, other keys go on', async () => {
    using folder = temporaryFolder();
    duty.clerk = ({ from }) => {
      if (from === 'bad') throw new Error('no such drawer');
    };
    await using lab = await openLab(folder.path, office, atOnce);
    await lab.send(letter('bad', 1), letter('bad', 2), letter('a', 1), letter('bad', 3));
    await lab.drained();
    expect(times('clerk bad1')).toBe(5);
    expect(times('clerk bad2') + times('clerk bad3')).toBe(0);
    expect(await filed(lab)).toEqual(['a1']);
    const parked = await lab.store.parking.records('Clerk', 'bad', 0, 10);
    expect(
      parked.map(({ eventId, eventType, attempts, reason }) => [eventId, eventType, attempts, reason]),
    ).toEqual([
      ['/post/bad1', 'Letter', 5, { code: 'Error', message: 'no such drawer' }],
      ['/post/bad2', 'Letter', 0, null],
      ['/post/bad3', 'Letter', 0, null],
    ]);
    expect(await lab.metrics.text()).toMatch(/^handler_parked_total\{handler="Clerk".*\} 1$/m);
  });

  it('is parked at once when another attempt makes no sense', async () => {
    using folder = temporaryFolder();
    duty.clerk = () => {
      throw new DomainError('the office is closed for good');
    };
    await using lab = await openLab(folder.path, office, atOnce);
    await lab.send(letter('a', 1), { key: 'b', eventType: 'Letter', fields: { from: 'b', no: 'many' } });
    await lab.drained();
    expect(calls).toEqual(['clerk a1']);
    expect((await waiting(lab)).toSorted()).toEqual(['Clerk a: DOMAIN_RULE, 1', 'Clerk b: INVALID_EVENT, 1']);
  });

  it('stands alone when nobody can tell its key', async () => {
    using folder = temporaryFolder();
    await using lab = await openLab(folder.path, office, { ...atOnce, settings: { TOPIC_PARTITIONS: 1 } });
    const java = (fields: object) => ({ eventType: 'Letter', fields });
    await lab.send(java({ from: 'a' }), java({ from: 'a', no: 1 }), java({ no: 2 }));
    await lab.drained();
    expect(await filed(lab)).toEqual(['a1']);
    expect(await waiting(lab)).toEqual(['Clerk null: INVALID_EVENT, 1', 'Clerk null: INVALID_EVENT, 1']);
  });

  it('waits for that handler only: others have had it', async () => {
    using folder = temporaryFolder();
    duty.auditor = () => {
      throw new Error('on holiday');
    };
    await using lab = await openLab(folder.path, auditedOffice, atOnce);
    await lab.send(letter('a', 1), letter('a', 2));
    await lab.drained();
    expect(await filed(lab)).toEqual(['a1', 'a2']);
    expect(await waiting(lab)).toEqual(['Auditor a: Error, 2']);
    expect(times('auditor a1')).toBe(2);
  });

  it('leaves nothing of its attempts behind', async () => {
    using folder = temporaryFolder();
    await using lab = await openLab(folder.path, office, {
      ...atOnce,
      wrapStore: (store: Store) => {
        const commit = store.commit.bind(store);
        store.commit = (plan) =>
          plan.inbox?.eventId === '/post/a1'
            ? Promise.reject(new TypeError('a bug of the driver'))
            : commit(plan);
        return store;
      },
    });
    await lab.send(letter('a', 1), letter('b', 1));
    await lab.drained();
    expect(await filed(lab)).toEqual(['b1']);
    expect(await waiting(lab)).toEqual(['Clerk a: TypeError, 1']);
  });

  it('is put behind its key after a restart, without an attempt', async () => {
    using folder = temporaryFolder();
    duty.clerk = () => {
      throw new DomainError('closed');
    };
    {
      await using lab = await openLab(folder.path, office, atOnce);
      await lab.send(letter('a', 1));
      await lab.drained();
    }
    duty.clerk = () => {};
    await using lab = await openLab(folder.path, office, atOnce);
    await lab.send(letter('a', 2), letter('b', 1));
    await lab.drained();
    expect(calls).toEqual(['clerk a1', 'clerk b1']);
    expect(await waiting(lab)).toEqual(['Clerk a: DOMAIN_RULE, 2']);
  });

  it('is put behind its key also where more keys are parked than are remembered', async () => {
    using folder = temporaryFolder();
    const others = Array.from({ length: 10_000 }, (_, index) => ({
      handler: 'Clerk',
      key: `other${index}`,
      records: 1,
      position: index + 1,
      parkedAt: 0,
      reason: null,
    }));
    await using lab = await openLab(folder.path, office, {
      ...atOnce,
      idle: true,
      wrapStore: (store) =>
        Object.assign(store, { parking: Object.assign(store.parking, { keys: async () => others }) }),
    });
    const place = {
      topic: 'events',
      partition: 0,
      offset: 0,
      recordKey: 'a',
      headers: {},
      value: null,
      timestamp: 0,
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
    await lab.assembly.consumer!.start();
    await lab.send(letter('a', 1), letter('b', 1));
    await lab.drained();
    // not even tried: what is not remembered is asked for before the handler runs
    expect(times('clerk a1')).toBe(0);
    expect((await lab.store.parking.records('Clerk', 'a', 0, 10)).map(({ eventId }) => eventId)).toEqual([
      'x',
      '/post/a1',
    ]);
  });
});

describe('a record that is no event', () => {
  it('is parked with its bytes and holds nothing up', async () => {
    using folder = temporaryFolder();
    await using lab = await openLab(folder.path, office, { ...atOnce, settings: { TOPIC_PARTITIONS: 1 } });
    const bytes = Buffer.from([0x7b, 0xff]);
    await lab.send(
      letter('a', 1),
      { key: 'a', value: bytes },
      { key: 'a', value: null },
      { value: '[]' },
      letter('a', 2),
    );
    await lab.drained();
    expect(await filed(lab)).toEqual(['a1', 'a2']);
    expect(await waiting(lab)).toEqual(
      Array.from({ length: 3 }, () => '(unreadable) null: UNREADABLE_RECORD, 1'),
    );
    const [first, second] = await lab.store.parking.records('(unreadable)', null, 0, 10);
    expect(first).toMatchObject({
      offset: 1,
      recordKey: 'a',
      eventType: null,
      reason: { message: expect.stringContaining('is no event') },
    });
    expect(Buffer.from(first!.value!)).toEqual(bytes);
    expect(second!.value).toBeNull();
  });
});
