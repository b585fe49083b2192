import { describe, expect, it } from 'vitest';
import { DomainError } from '../../src/kernel/errors/model-errors.js';
import { StoreUnavailableError } from '../../src/kernel/errors/store-errors.js';
import { Latch } from '../../src/kernel/latch.js';
import { defineService } from '../../src/model/service-definition.js';
import { FaultyStore } from '../../src/testing/faulty-store.js';
import { type Lab, openLab } from '../fixtures/lab.js';
import { calls, duty, filed, letter, office, resetOffice, waiting } from '../fixtures/office.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';
import { until } from '../fixtures/until.js';

resetOffice();

const CLOSED = () => {
  throw new DomainError('closed');
};

/** An office that was closed while letters came, and is open now. */
async function openWithParked(folder: string, ...froms: string[]): Promise<Lab> {
  duty.clerk = CLOSED;
  const lab = await openLab(folder, office, { random: () => 0 });
  await lab.send(...froms.flatMap((from) => [1, 2, 3].map((no) => letter(from, no))));
  await lab.drained();
  calls.length = 0;
  duty.clerk = () => {};
  return lab;
}

describe('a redrive', () => {
  it('handles the records of a key in their order and frees the key', async () => {
    using folder = temporaryFolder();
    await using lab = await openWithParked(folder.path, 'a', 'b');
    expect(await lab.assembly.redrive.key('Clerk', 'a')).toEqual({ done: 3, failures: [] });
    expect(calls).toEqual(['clerk a1', 'clerk a2', 'clerk a3']);
    expect(await waiting(lab)).toEqual(['Clerk b: DOMAIN_RULE, 3']);
    await lab.send(letter('a', 4), letter('b', 4));
    await lab.drained();
    expect(await filed(lab)).toEqual(['a1', 'a2', 'a3', 'a4']);
    expect(await waiting(lab)).toEqual(['Clerk b: DOMAIN_RULE, 4']);
  });

  it('stops at the first that fails again, says why, and leaves it and all behind it waiting', async () => {
    using folder = temporaryFolder();
    await using lab = await openWithParked(folder.path, 'a');
    duty.clerk = ({ no }) => {
      if (no === 2) throw new Error('still no drawer');
    };
    const result = await lab.assembly.redrive.key('Clerk', 'a');
    expect(result).toMatchObject({
      done: 1,
      failures: [{ handler: 'Clerk', key: 'a', code: 'Error', message: 'still no drawer' }],
    });
    expect(calls).toEqual(['clerk a1', 'clerk a2']);
    const left = await lab.store.parking.records('Clerk', 'a', 0, 10);
    expect(left.map(({ eventId, reason, attempts }) => [eventId, reason?.message, attempts])).toEqual([
      ['/post/a2', 'still no drawer', 1],
      ['/post/a3', undefined, 0],
    ]);
    duty.clerk = () => {};
    expect(await lab.assembly.redrive.key('Clerk', 'a')).toMatchObject({ done: 2 });
    expect(await filed(lab)).toEqual(['a1', 'a2', 'a3']);
  });

  it('takes what comes meanwhile behind what waits, and handles it too', async () => {
    using folder = temporaryFolder();
    await using lab = await openWithParked(folder.path, 'a');
    const [begun, gate] = [new Latch(), new Latch()];
    duty.clerk = async ({ no }) => {
      if (no !== 1) return;
      begun.open();
      await gate.opened;
    };
    const redriving = lab.assembly.redrive.key('Clerk', 'a');
    await begun.opened;
    await lab.send(letter('a', 4), letter('b', 9));
    await lab.drained();
    expect(calls).toEqual(['clerk a1', 'clerk b9']);
    gate.open();
    expect(await redriving).toMatchObject({ done: 4 });
    expect(await filed(lab)).toEqual(['b9', 'a1', 'a2', 'a3', 'a4']);
  });

  it('asked for twice at once is done once', async () => {
    using folder = temporaryFolder();
    await using lab = await openWithParked(folder.path, 'a');
    const { redrive } = lab.assembly;
    const results = await Promise.all([redrive.key('Clerk', 'a'), redrive.key('Clerk', 'a')]);
    expect(results).toEqual([
      { done: 3, failures: [] },
      { done: 3, failures: [] },
    ]);
    expect(calls).toHaveLength(3);
    expect(await redrive.key('Clerk', 'a')).toEqual({ done: 0, failures: [] });
  });

  it('of all keys goes on past those that fail again', async () => {
    using folder = temporaryFolder();
    await using lab = await openWithParked(folder.path, 'a', 'b', 'c');
    duty.clerk = ({ from }) => from === 'b' && CLOSED();
    const { done, failures } = await lab.assembly.redrive.all();
    expect({ done, failed: failures.map(({ key }) => key) }).toEqual({ done: 6, failed: ['b'] });
    expect((await filed(lab)).toSorted()).toEqual(['a1', 'a2', 'a3', 'c1', 'c2', 'c3']);
    expect(await waiting(lab)).toEqual(['Clerk b: DOMAIN_RULE, 3']);
  });

  it('does not meet records again that had taken effect before their key was parked', async () => {
    using folder = temporaryFolder();
    await using lab = await openLab(folder.path, office, { random: () => 0 });
    await lab.send(letter('a', 1));
    await lab.drained();
    duty.clerk = CLOSED;
    // delivered again behind one that is parked, as after a crash
    await lab.send(letter('a', 2), letter('a', 1));
    await lab.drained();
    expect(await waiting(lab)).toEqual(['Clerk a: DOMAIN_RULE, 1']);
    duty.clerk = () => {};
    expect(await lab.assembly.redrive.key('Clerk', 'a')).toEqual({ done: 1, failures: [] });
    expect(await filed(lab)).toEqual(['a1', 'a2']);
    expect(await waiting(lab)).toEqual([]);
  });

  it('does not take a handler that is gone for a reason to lose its records', async () => {
    using folder = temporaryFolder();
    {
      await using lab = await openWithParked(folder.path, 'a');
      expect(await waiting(lab)).toEqual(['Clerk a: DOMAIN_RULE, 3']);
    }
    await using lab = await openLab(folder.path, defineService({ ...office, policies: [] }));
    const { done, failures } = await lab.assembly.redrive.all();
    expect({ done, failures }).toMatchObject({
      done: 0,
      failures: [{ message: 'no handler Clerk reacts to Letter any more; drop the record' }],
    });
    expect(await lab.store.parking.count()).toBe(1);
  });

  it('fails as a whole when the store is away, and does not count that against the record', async () => {
    using folder = temporaryFolder();
    duty.clerk = CLOSED;
    let store!: FaultyStore;
    await using lab = await openLab(folder.path, office, {
      random: () => 0,
      wrapStore: (one) => (store = new FaultyStore(one)),
    });
    await lab.send(letter('a', 1));
    await lab.drained();
    duty.clerk = () => {};
    store.failNext('commit', new StoreUnavailableError('test'));
    await expect(lab.assembly.redrive.key('Clerk', 'a')).rejects.toThrow(StoreUnavailableError);
    // it says nothing about the record, which keeps the reason that it has
    expect(await lab.store.parking.first('Clerk', 'a')).toMatchObject({
      attempts: 1,
      reason: { code: 'DOMAIN_RULE' },
    });
    expect(await lab.assembly.redrive.key('Clerk', 'a')).toEqual({ done: 1, failures: [] });
  });

  it('of bytes that are no event says so again', async () => {
    using folder = temporaryFolder();
    await using lab = await openLab(folder.path, office);
    await lab.send({ value: 'no event' });
    await lab.drained();
    const [{ position } = { position: 0 }] = await lab.store.parking.keys(0, 10);
    const result = await lab.assembly.redrive.key('(unreadable)', null, position);
    expect(result).toMatchObject({ done: 0, failures: [{ key: null, position, code: 'UNREADABLE_RECORD' }] });
    expect(await lab.store.parking.count()).toBe(1);
  });
});

describe('dropping a parked record', () => {
  it('takes that one out for good, also when the broker delivers it again', async () => {
    using folder = temporaryFolder();
    await using lab = await openWithParked(folder.path, 'a');
    const [first] = await lab.store.parking.records('Clerk', 'a', 0, 1);
    expect(await lab.assembly.redrive.drop(first!.position, first!)).toBe(true);
    expect(await lab.assembly.redrive.drop(first!.position, first!)).toBe(false);
    // what waited behind it waits for nobody but its turn
    await until(
      () => lab.store.parking.count(),
      (parked) => parked === 0,
    );
    await lab.send(letter('a', 1));
    await lab.drained();
    expect(await filed(lab)).toEqual(['a2', 'a3']);
    expect(lab.logged.map(({ msg }) => msg)).toContain('a parked record was dropped');
  });

  it('frees the key when it was the last', async () => {
    using folder = temporaryFolder();
    await using lab = await openWithParked(folder.path, 'a');
    // from the last on: without the first, which a person has to look at, the others would go on
    for (const record of (await lab.store.parking.records('Clerk', 'a', 0, 10)).toReversed())
      await lab.assembly.redrive.drop(record.position, record);
    await lab.send(letter('a', 4));
    await lab.drained();
    expect(await filed(lab)).toEqual(['a4']);
  });

  it('works for bytes that are no event', async () => {
    using folder = temporaryFolder();
    await using lab = await openLab(folder.path, office);
    await lab.send({ value: 'no event' }, { value: 'no event' });
    await lab.drained();
    const [first, second] = await lab.store.parking.records('(unreadable)', null, 0, 10);
    expect(await lab.assembly.redrive.drop(first!.position, first!)).toBe(true);
    expect((await lab.store.parking.keys(0, 10)).map(({ position }) => position)).toEqual([second!.position]);
  });
});
