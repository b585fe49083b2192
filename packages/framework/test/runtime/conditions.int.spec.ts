import { describe, expect, it } from 'vitest';
import { conditionsOf, fits } from '../../src/runtime/conditions.js';
import { systemClock } from '../../src/kernel/clock.js';
import type { TableDefinition, Values } from '../../src/store/table-definition.js';
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';

const table: TableDefinition = {
  name: 'things',
  columns: [
    { name: 'text', type: 'text', nullable: true },
    { name: 'number', type: 'integer', nullable: true },
    { name: 'large', type: 'bigint', nullable: true },
    { name: 'at', type: 'timestamp', nullable: true },
    { name: 'yes', type: 'boolean', nullable: true },
  ],
  indexes: [],
};
const empty = { text: null, number: null, large: null, at: null, yes: null };
const rows: readonly Values[] = [
  empty,
  { text: '', number: 0, large: 0n, at: new Date(0), yes: false },
  { text: 'a', number: 1, large: 10n, at: new Date(1), yes: true },
  { text: 'A', number: -1, large: 9n, at: new Date(-1), yes: true },
  { text: 'ab%_', number: 10, large: 2n ** 70n, at: new Date('2026-01-01'), yes: false },
  { text: '\uFF5E', number: 2, large: -(2n ** 70n), at: new Date(5), yes: null },
  { text: '😀', number: 3, large: -9n, at: null, yes: true },
];

const values = {
  text: ['a', '', 'A', '%', '_', '\uFF5E', '😀', 'b'],
  number: [0, 1, -1, 10],
  large: [0n, 10n, 2n ** 70n, -9n],
  at: [new Date(0), new Date(1), new Date('2026-01-01')],
  yes: [true, false],
};
const criteria = [
  {},
  ...Object.entries(values).flatMap(([column, each]) => [
    { [column]: null },
    { [column]: { ne: null } },
    { [column]: { in: each.slice(0, 2) } },
    { [column]: { in: [] } },
    ...each.flatMap((value) =>
      [value, { ne: value }, { lt: value }, { lte: value }, { gt: value }, { gte: value }]
        // whether a boolean is less than another is nobody's question
        .filter(
          (criterion) =>
            typeof value !== 'boolean' || typeof criterion === 'boolean' || 'ne' in Object(criterion),
        )
        .map((criterion) => ({ [column]: criterion })),
    ),
  ]),
  ...values.text.flatMap((text) => [{ text: { startsWith: text } }, { text: { contains: text } }]),
  { number: { gte: 0, lt: 3 }, text: { ne: 'a' } },
  { id: { in: [1, 3] } },
];

/** Criteria without the types of a schema. */
const asked = (fields: object): Parameters<typeof conditionsOf>[0] => fields;

describe('what is asked for', () => {
  it('is judged in memory as the store judges what is in the database', async () => {
    using folder = temporaryFolder();
    const store = new SqliteStore({ path: `${folder.path}/a.db`, clock: systemClock, random: Math.random });
    await store.open();
    try {
      await store.ensureTables([table]);
      const changes = rows.map((row, index) => ({
        kind: 'insert' as const,
        table,
        id: index + 1,
        values: row,
      }));
      await store.commit({ id: 'x', changes, events: [] });
      for (const one of criteria) {
        const where = conditionsOf(asked(one));
        const found = await store.select(table, { where, sort: [], offset: 0, limit: 100 });
        const judged = rows.flatMap((row, index) =>
          fits(where, { ...row, id: index + 1 }) ? [index + 1] : [],
        );
        expect({ criteria: one, ids: judged }).toEqual({ criteria: one, ids: found.map(({ id }) => id) });
      }
    } finally {
      await store.close();
    }
  });

  it('takes a field that is absent for one that is null', () => {
    expect(fits(conditionsOf(asked({ text: null })), {})).toBe(true);
    expect(fits(conditionsOf(asked({ text: { ne: 'a' } })), {})).toBe(false);
  });

  it.each([
    [{ text: undefined }, 'the criterion for text is undefined; leave it out, or ask for null'],
    [{ text: { ne: undefined } }, 'the criterion for text ne is undefined'],
    [{ text: { like: 'a' } }, 'text cannot be compared by like'],
    [{ text: ['a'] }, 'text cannot be compared by 0'],
  ])('is refused where it would fit by mistake: %j', (one, message) => {
    expect(() => conditionsOf(asked(one))).toThrow(new TypeError(message));
  });
});
