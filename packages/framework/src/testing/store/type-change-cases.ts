import assert from 'node:assert/strict';
import type { ColumnType, ColumnValue } from '../../store/table-definition.js';
import { refusal } from './schema-refusal.js';
import { type StoreCase, storeCase } from './store-case.js';
import { commit, everything, insert, tableOf } from './store-samples.js';
import { columnTypes } from './value-samples.js';

/** Types that change, with values and what becomes of them. */
const conversions: readonly { from: ColumnType; to: ColumnType; pairs: [ColumnValue, ColumnValue][] }[] = [
  {
    from: 'integer',
    to: 'text',
    pairs: [
      [5, '5'],
      [-7, '-7'],
      [null, null],
    ],
  },
  {
    from: 'text',
    to: 'integer',
    pairs: [
      ['5', 5],
      ['-7', -7],
      [null, null],
    ],
  },
  {
    from: 'integer',
    to: 'double',
    pairs: [
      [5, 5],
      [null, null],
    ],
  },
  {
    from: 'integer',
    to: 'bigint',
    pairs: [
      [0, 0n],
      [42, 42n],
      [-42, -42n],
      [Number.MIN_SAFE_INTEGER, BigInt(Number.MIN_SAFE_INTEGER)],
      [null, null],
    ],
  },
  {
    from: 'bigint',
    to: 'text',
    pairs: [
      [10n ** 30n, `1${'0'.repeat(30)}`],
      [-42n, '-42'],
      [0n, '0'],
      [null, null],
    ],
  },
  {
    from: 'text',
    to: 'bigint',
    pairs: [
      [`-1${'0'.repeat(30)}`, -(10n ** 30n)],
      ['7', 7n],
      [null, null],
    ],
  },
  {
    from: 'boolean',
    to: 'integer',
    pairs: [
      [true, 1],
      [false, 0],
      [null, null],
    ],
  },
  {
    from: 'integer',
    to: 'boolean',
    pairs: [
      [1, true],
      [0, false],
      [null, null],
    ],
  },
  {
    from: 'text',
    to: 'json',
    pairs: [
      ['it\'s "a"', 'it\'s "a"'],
      ['{}', '{}'],
      [null, null],
    ],
  },
  {
    from: 'timestamp',
    to: 'text',
    pairs: [
      [new Date('2026-03-29T02:30:00.123Z'), '2026-03-29T02:30:00.123Z'],
      [null, null],
    ],
  },
  {
    from: 'text',
    to: 'timestamp',
    pairs: [
      ['2026-03-29T02:30:00.123Z', new Date('2026-03-29T02:30:00.123Z')],
      [null, null],
    ],
  },
];

export const typeChangeCases: readonly StoreCase[] = [
  ...conversions.map(({ from, to, pairs }) =>
    storeCase(
      `a column of type ${from} that becomes ${to} is refused, and the statement converts it`,
      async (lab) => {
        const before = tableOf(from);
        const after = { ...tableOf(to), name: before.name };
        const store = await lab.store(before);
        await commit(store, ...pairs.map(([v], place) => insert(before, place + 1, { v })));
        for (const statement of await refusal(store, after)) await lab.database.execute(statement);
        await store.ensureTables([after]);
        assert.deepEqual(
          (await store.select(after, everything)).map(({ version, values: { v } }) => [version, v]),
          pairs.map(([, v]) => [1, v]),
        );
      },
    ),
  ),

  storeCase('every change of a type is refused', async (lab) => {
    const store = await lab.store(...columnTypes.map(tableOf));
    for (const from of columnTypes) {
      for (const to of columnTypes.filter((type) => type !== from)) {
        const statements = await refusal(store, { ...tableOf(to), name: tableOf(from).name });
        assert.equal(statements.length, 1, `${from} to ${to}`);
      }
    }
  }),
];
