import assert from 'node:assert/strict';
import {
  StoreBusyError,
  UniqueViolationError,
  VersionConflictError,
} from '../../kernel/errors/store-errors.js';
import { type StoreCase, storeCase } from './store-case.js';
import {
  commit,
  contents,
  cup,
  cups,
  event,
  eventIds,
  insert,
  mark,
  numbers,
  plan,
  remove,
  update,
} from './store-samples.js';

export const raceCases: readonly StoreCase[] = [
  storeCase(
    'of plans of two stores that update the same version of a row, exactly one is committed',
    async (lab) => {
      const stores = await lab.stores(2, cups);
      await commit(stores[0]!, cup(1, 0));
      for (const version of numbers(10)) {
        const racing = stores.flatMap((store) =>
          [1, 2, 3].map(() => commit(store, update(cups, 1, version, { qty: version }))),
        );
        const results = await Promise.allSettled(racing);
        const refused = results.filter((result) => result.status === 'rejected');
        assert.equal(refused.length, results.length - 1);
        for (const { reason } of refused) assert.ok(reason instanceof VersionConflictError, String(reason));
        assert.equal((await stores[1]!.get(cups, 1))?.version, version + 1);
      }
    },
  ),

  storeCase('an update and a delete of the same version: exactly one is committed', async (lab) => {
    const [one, other] = await lab.stores(2, cups);
    for (const id of numbers(10)) {
      await commit(one!, cup(id));
      const results = await Promise.allSettled([
        commit(one!, update(cups, id, 1, { qty: 1 })),
        commit(other!, remove(cups, id, 1)),
      ]);
      assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
    }
  }),

  storeCase(
    'a plan that others keep waiting for longer than the limit rejects with StoreBusyError, and the next one is committed',
    async (lab) => {
      const store = lab.unopened({ statementTimeoutMs: 1_500 });
      await store.open();
      await store.ensureTables([cups]);
      await commit(store, cup(1, 0));
      const change = update(cups, 1, 1, { qty: 1 });
      await lab.database.whileUncommitted('UPDATE cups SET qty = 9 WHERE id = 1', async () => {
        await assert.rejects(commit(store, change), (error) => error instanceof StoreBusyError);
      });
      await commit(store, change);
      assert.equal((await store.get(cups, 1))?.values['qty'], 1);
    },
  ),

  storeCase('of plans that insert the same unique value at once, exactly one is committed', async (lab) => {
    const stores = await lab.stores(2, cups);
    const results = await Promise.allSettled(
      numbers(20).map((id) => commit(stores[id % 2]!, insert(cups, id, { name: 'the only one' }))),
    );
    const refused = results.filter((result) => result.status === 'rejected');
    assert.equal(refused.length, 19);
    for (const { reason } of refused) assert.ok(reason instanceof UniqueViolationError, String(reason));
  }),

  storeCase('the same inbox mark committed by two stores at once takes effect once', async (lab) => {
    const stores = await lab.stores(2, cups);
    for (const id of numbers(10)) {
      const outcomes = await Promise.all(
        [0, 1, 0, 1].map((which, place) =>
          stores[which]!.commit(
            plan({
              changes: [insert(cups, 10 * id + place, { name: `${id} by ${place}` })],
              events: [event(`e${id}`)],
              inbox: mark(`m${id}`, 'key'),
            }),
          ),
        ),
      );
      assert.deepEqual(outcomes.map(({ kind }) => kind).toSorted(), [
        'committed',
        'duplicate',
        'duplicate',
        'duplicate',
      ]);
    }
    const { rows, events } = await contents(stores[0]!);
    assert.equal(rows.length, 10);
    assert.deepEqual(
      events,
      numbers(10).map((id) => `e${id}`),
    );
  }),

  storeCase('one bad plan among a hundred good ones at the same moment fails alone', async (lab) => {
    const store = await lab.store(cups);
    await commit(store, insert(cups, 1_000, { name: 'taken' }));
    const plans = numbers(101).map((id) => {
      const change = id === 50 ? insert(cups, id, { name: 'taken' }) : cup(id);
      return plan({ changes: [cup(id + 2_000), change], events: [event(`e${id}`)], inbox: mark(`m${id}`) });
    });
    const results = await Promise.allSettled(plans.map((one) => store.commit(one)));
    const failed = results.flatMap(({ status }, place) => (status === 'rejected' ? [place + 1] : []));
    assert.deepEqual(failed, [50]);
    assert.equal(await store.count(cups, []), 201);
    assert.equal(await store.get(cups, 2_050), undefined);
    assert.equal((await eventIds(store)).length, 100);
  }),

  storeCase('units that read, add one and commit lose no count, however many do it at once', async (lab) => {
    const stores = await lab.stores(2, cups);
    await commit(stores[0]!, cup(1, 0));
    const addOne = async (place: number): Promise<void> => {
      const store = stores[place % 2]!;
      const { version, values } = (await store.get(cups, 1))!;
      try {
        await commit(store, update(cups, 1, version, { qty: Number(values['qty']) + 1 }));
      } catch (error) {
        if (!(error instanceof VersionConflictError)) throw error;
        await addOne(place);
      }
    };
    await Promise.all(numbers(12).map(addOne));
    assert.equal((await stores[0]!.get(cups, 1))?.values['qty'], 12);
  }),
];
