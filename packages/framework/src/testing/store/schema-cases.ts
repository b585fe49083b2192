import assert from 'node:assert/strict';
import { SchemaDiffersError, UniqueViolationError } from '../../kernel/errors/store-errors.js';
import type { ColumnType, TableDefinition } from '../../store/table-definition.js';
import { type StoreCase, storeCase } from './store-case.js';
import { column, commit, cup, cups, everything, insert, tableOf } from './store-samples.js';
import { refusal } from './schema-refusal.js';
import { withColumns } from './table-cases.js';

/** What is refused, and passes when a person has run the statements. */
const mendable: readonly { what: string; before: TableDefinition; after: TableDefinition }[] = [
  {
    what: 'a column that may be empty and becomes required',
    before: cups,
    after: withType('qty', 'integer', false),
  },
  {
    what: 'a required column that may become empty',
    before: cups,
    after: withType('name', 'text', true),
  },
  {
    what: 'a new required column without a default',
    before: cups,
    after: withColumns(column('size', 'text'), column('sold', 'boolean'), column('at', 'timestamp')),
  },
  {
    what: 'a required column without a default that left the definition',
    before: withColumns(column('colour', 'text')),
    after: cups,
  },
  {
    what: 'a unique index that left the definition',
    before: cups,
    after: { ...cups, indexes: [] },
  },
  {
    what: 'a table with a new required column, a changed type and a column that left',
    before: withColumns(column('colour', 'text')),
    after: { ...withType('qty', 'text', true), indexes: [] },
  },
];

export const schemaCases: readonly StoreCase[] = [
  ...mendable.map(({ what, before, after }) =>
    storeCase(`${what} is refused, and accepted after the statements of the error were run`, async (lab) => {
      const store = await lab.store(before);
      const more = before.columns.some(({ name }) => name === 'colour') ? { colour: 'red' } : {};
      await commit(
        store,
        insert(before, 1, { name: 'a', qty: 1, ...more }),
        insert(before, 2, { name: 'b', qty: 2, ...more }),
      );
      for (const statement of await refusal(store, after)) await lab.database.execute(statement);
      await store.ensureTables([after]);
      const names = (await store.select(after, everything)).map(({ values }) => values['name']);
      assert.deepEqual(names, ['a', 'b']);
      const required = { size: 'x', sold: true, at: new Date(0) };
      const known = Object.entries(required).filter(([name]) =>
        after.columns.some((one) => one.name === name),
      );
      const qty = after.columns.some(({ name, type }) => name === 'qty' && type === 'text') ? '3' : 3;
      await commit(store, insert(after, 3, { name: 'c', qty, ...Object.fromEntries(known) }));
      assert.equal(await store.count(after, []), 3);
    }),
  ),

  storeCase(
    'a unique index is refused while rows collide, and accepted when none do any more',
    async (lab) => {
      const loose = { ...cups, indexes: [] };
      const store = await lab.store(loose);
      await commit(store, insert(loose, 1, { name: 'same' }), insert(loose, 2, { name: 'same' }), cup(3));
      for (const statement of await refusal(store, cups)) await lab.database.execute(statement);
      await commit(store, { kind: 'delete', table: loose, id: 2, expectedVersion: 1 });
      await store.ensureTables([cups]);
      await assert.rejects(commit(store, insert(cups, 4, { name: 'same' })), UniqueViolationError);
    },
  ),

  storeCase('a unique index over a new column is refused when its default would collide', async (lab) => {
    const store = await lab.store(cups);
    await commit(store, cup(1), cup(2));
    const wider = withColumns({ ...column('code', 'text'), default: 'same' });
    const table = { ...wider, indexes: [...cups.indexes, { columns: ['code'], unique: true }] };
    assert.equal((await refusal(store, table)).length, 1);
    const both = { ...wider, indexes: [...cups.indexes, { columns: ['code', 'name'], unique: true }] };
    await store.ensureTables([both]);
  }),

  storeCase(
    'when one table of several differs, nothing is changed, and all differences are told',
    async (lab) => {
      const store = await lab.store(cups, tableOf('text'));
      const changes = [
        tableOf('json'),
        withColumns(column('note', 'text', true)),
        { ...tableOf('integer'), name: tableOf('text').name },
        withColumns(column('size', 'text')),
      ];
      const refused = store.ensureTables(changes);
      await assert.rejects(refused, (error) => {
        assert.ok(error instanceof SchemaDiffersError, String(error));
        assert.equal(error.differences.length, 2);
        return true;
      });
      await assert.rejects(store.select(tableOf('json'), everything));
      await assert.rejects(
        commit(store, insert(withColumns(column('note', 'text', true)), 1, { name: 'a' })),
      );
      await store.ensureTables([cups, tableOf('text')]);
    },
  ),
];

function withType(name: string, type: ColumnType, nullable: boolean): TableDefinition {
  const columns = cups.columns.map((one) => (one.name === name ? column(name, type, nullable) : one));
  return { ...cups, columns };
}
