import assert from 'node:assert/strict';
import {
  UniqueViolationError,
  UnstorableValueError,
  VersionConflictError,
} from '../../kernel/errors/store-errors.js';
import type { Change } from '../../store/write-plan.js';
import { type StoreCase, storeCase } from './store-case.js';
import {
  commit,
  contents,
  cup,
  cups,
  event,
  insert,
  mark,
  numbers,
  plan,
  remove,
  update,
} from './store-samples.js';

/** Changes that can't be carried out on a database with cups 1 and 2, each at version 1. */
const impossible: readonly { what: string; change: Change; error: new (...args: never[]) => Error }[] = [
  { what: 'an id that is taken', change: insert(cups, 1, { name: 'new' }), error: UniqueViolationError },
  {
    what: 'an insert with a unique value that is taken',
    change: insert(cups, 9, { name: 'cup 1' }),
    error: UniqueViolationError,
  },
  {
    what: 'an update to a unique value that is taken',
    change: update(cups, 2, 1, { name: 'cup 1' }),
    error: UniqueViolationError,
  },
  {
    what: 'an update of an old version',
    change: update(cups, 1, 7, { qty: 1 }),
    error: VersionConflictError,
  },
  { what: 'an update of a row that is gone', change: update(cups, 8, 1, {}), error: VersionConflictError },
  { what: 'a delete of an old version', change: remove(cups, 1, 2), error: VersionConflictError },
  { what: 'a delete of a row that is gone', change: remove(cups, 8, 1), error: VersionConflictError },
  {
    what: 'a value that cannot be stored',
    change: insert(cups, 9, { name: 'cup \0' }),
    error: UnstorableValueError,
  },
];

export const commitCases: readonly StoreCase[] = [
  storeCase('a row is inserted with version 1, and each update raises it by one', async (lab) => {
    const store = await lab.store(cups);
    assert.deepEqual(await commit(store, cup(1, 5)), { kind: 'committed', versions: [1] });
    assert.deepEqual(await store.get(cups, 1), { id: 1, version: 1, values: { name: 'cup 1', qty: 5 } });
    assert.deepEqual(await commit(store, update(cups, 1, 1, { qty: 6 })), {
      kind: 'committed',
      versions: [2],
    });
    assert.deepEqual(await store.get(cups, 1), { id: 1, version: 2, values: { name: 'cup 1', qty: 6 } });
    assert.deepEqual(await commit(store, remove(cups, 1, 2)), { kind: 'committed', versions: [0] });
    assert.equal(await store.get(cups, 1), undefined);
  }),

  storeCase(
    'the changes of a plan are carried out in their order, and so are their versions',
    async (lab) => {
      const store = await lab.store(cups);
      const changes = [
        cup(1),
        cup(2),
        update(cups, 1, 1, { qty: 2 }),
        remove(cups, 2, 1),
        cup(2),
        update(cups, 1, 2, {}),
      ];
      assert.deepEqual(await commit(store, ...changes), { kind: 'committed', versions: [1, 1, 2, 0, 1, 3] });
      const { rows } = await contents(store);
      assert.deepEqual(
        rows.map(({ id, version }) => [id, version]),
        [
          [1, 3],
          [2, 1],
        ],
      );
    },
  ),

  storeCase('a plan without changes is committed', async (lab) => {
    const store = await lab.store(cups);
    assert.deepEqual(await store.commit(plan({})), { kind: 'committed', versions: [] });
  }),

  ...impossible.map(({ what, change, error }) =>
    storeCase(`${what} at the end of a plan is refused, and nothing of the plan is written`, async (lab) => {
      const store = await lab.store(cups);
      await commit(store, cup(1), cup(2));
      const before = await contents(store);
      const changes = [cup(3), update(cups, 2, 1, { qty: 2 }), remove(cups, 2, 2), cup(2), change];
      const refused = plan({ changes, events: [event('e1')], inbox: mark('m1') });
      await assert.rejects(store.commit(refused), error);
      assert.deepEqual(await contents(store), before);
      const again = await store.commit(plan({ inbox: mark('m1') }));
      assert.equal(again.kind, 'committed', 'the inbox mark of the refused plan is there');
    }),
  ),

  storeCase('a unique value is free again in the same plan in which its row lets go of it', async (lab) => {
    const store = await lab.store(cups);
    await commit(store, cup(1));
    await commit(store, update(cups, 1, 1, { name: 'other' }), insert(cups, 2, { name: 'cup 1' }));
    await commit(store, remove(cups, 2, 1), insert(cups, 3, { name: 'cup 1' }));
    assert.equal((await store.get(cups, 3))?.values['name'], 'cup 1');
  }),

  storeCase('rows whose unique column is empty do not collide', async (lab) => {
    const table = { ...cups, name: 'shelves', indexes: [{ columns: ['qty'], unique: true }] };
    const store = await lab.store(table);
    await commit(store, insert(table, 1, { name: 'a' }), insert(table, 2, { name: 'b', qty: null }));
    assert.equal(await store.count(table, []), 2);
  }),

  storeCase('a unique index over several columns lets rows differ in one of them', async (lab) => {
    const table = { ...cups, name: 'shelves', indexes: [{ columns: ['name', 'qty'], unique: true }] };
    const store = await lab.store(table);
    const shelf = (id: number, name: string, qty: number) => insert(table, id, { name, qty });
    await commit(store, shelf(1, 'a', 1), shelf(2, 'a', 2), shelf(3, 'b', 1));
    await assert.rejects(commit(store, shelf(4, 'a', 2)), UniqueViolationError);
    await assert.rejects(commit(store, update(table, 3, 1, { name: 'a' })), UniqueViolationError);
  }),

  storeCase('an update writes what it names and leaves the other columns as they are', async (lab) => {
    const store = await lab.store(cups);
    await commit(store, cup(1, 4));
    await commit(store, update(cups, 1, 1, { name: 'renamed' }));
    await commit(store, update(cups, 1, 2, { qty: null }));
    assert.deepEqual((await store.get(cups, 1))?.values, { name: 'renamed', qty: null });
    await commit(store, update(cups, 1, 3, { qty: 5, name: 'both' }), cup(2, 2));
    assert.deepEqual((await store.get(cups, 1))?.values, { name: 'both', qty: 5 });
    assert.deepEqual((await store.get(cups, 2))?.values, { name: 'cup 2', qty: 2 });
  }),

  storeCase('a read that starts after a commit resolved sees it', async (lab) => {
    const store = await lab.store(cups);
    for (const id of numbers(30)) {
      await commit(store, cup(id, id));
      assert.equal((await store.get(cups, id))?.values['qty'], id);
      assert.equal(await store.count(cups, []), id);
    }
  }),
];
