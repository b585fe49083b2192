import type { ColumnType, ColumnValue } from '../../store/table-definition.js';

export const columnTypes: readonly ColumnType[] = [
  'integer',
  'double',
  'bigint',
  'boolean',
  'text',
  'timestamp',
  'json',
];

/** Those that can be compared and sorted. */
export const orderedTypes = columnTypes.filter((type) => type !== 'json');

/** Values that every engine must give back exactly. */
export const exactValues: Readonly<Record<ColumnType, readonly NonNullable<ColumnValue>[]>> = {
  integer: [0, 1, -1, 2 ** 31, -(2 ** 31) - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
  double: [
    0,
    0.1,
    0.1 + 0.2,
    -1 / 3,
    1e308,
    -1e308,
    Number.MAX_VALUE,
    Number.MIN_VALUE,
    2.2250738585072014e-308,
    2 ** 53 + 2,
    123_456_789.123_456_79,
  ],
  bigint: [
    0n,
    1n,
    -1n,
    9n,
    10n,
    -10n,
    2n ** 63n,
    -(2n ** 63n) - 1n,
    123_456_789_012_345_678_901_234_567_890n,
    -123_456_789_012_345_678_901_234_567_890n,
    10n ** 60n,
  ],
  boolean: [true, false],
  text: [
    '',
    ' ',
    'a',
    'a ',
    'A',
    'é',
    'e\u0301',
    'ß',
    'SS',
    '漢字',
    '😀',
    '👩‍👩‍👧‍👦',
    '\u{10FFFF}',
    '\uFEFFbom',
    `it's "quoted" \\ and 100 %_`,
    'line\r\nline\ttab',
    '123',
    'null',
    'x'.repeat(100_000),
  ],
  timestamp: [
    new Date(0),
    new Date(1),
    new Date(-1),
    new Date('1969-12-31T23:59:59.999Z'),
    new Date('1582-10-04T01:02:03.004Z'),
    new Date('2026-03-29T02:30:00.123Z'),
    new Date('9999-12-31T23:59:59.999Z'),
  ],
  json: [
    {},
    [],
    '',
    'text',
    '123',
    0,
    1.5,
    -1e300,
    true,
    false,
    [null],
    { a: null },
    { nested: { list: [1, 'two', { three: [[], {}] }], 'odd key "\\': ' ', '': 'empty key' } },
    { '😀': 'é e\u0301 \u2028', big: Number.MAX_SAFE_INTEGER, small: Number.MIN_VALUE },
    Array.from({ length: 2_000 }, (_, place) => ({ place })),
  ],
};

/** Values that an engine must give back exactly or refuse. */
export const exactOrRefusedValues: readonly { type: ColumnType; values: readonly ColumnValue[] }[] = [
  { type: 'bigint', values: [10n ** 5_000n + 1n, -(10n ** 5_000n)] },
  {
    type: 'timestamp',
    values: [
      new Date(8.64e15),
      new Date(-8.64e15),
      new Date('0001-01-01T00:00:00.000Z'),
      new Date('-000044-03-15T12:00:00.000Z'),
      new Date('+012026-01-01T00:00:00.001Z'),
    ],
  },
  { type: 'json', values: [{ nul: 'a\0b', half: '\uD83D' }] },
];

/** What no column of that type can hold, with the reason. */
export const unstorableValues: readonly { type: ColumnType; what: string; value: ColumnValue }[] = [
  { type: 'integer', what: 'an integer above 2^53 − 1', value: 2 ** 53 },
  { type: 'integer', what: 'an integer below −(2^53 − 1)', value: -(2 ** 53) },
  { type: 'integer', what: 'a fraction', value: 1.5 },
  { type: 'integer', what: 'NaN', value: Number.NaN },
  { type: 'integer', what: 'text in place of an integer', value: '5' },
  { type: 'double', what: 'NaN', value: Number.NaN },
  { type: 'double', what: 'infinity', value: Number.POSITIVE_INFINITY },
  { type: 'double', what: 'a bigint in place of a double', value: 5n },
  { type: 'bigint', what: 'a number in place of a bigint', value: 5 },
  { type: 'boolean', what: 'a number in place of a boolean', value: 1 },
  { type: 'text', what: 'a NUL character', value: 'a\0b' },
  { type: 'text', what: 'the first half of a surrogate pair', value: 'a\uD83D' },
  { type: 'text', what: 'the second half of a surrogate pair', value: '\uDE00b' },
  { type: 'text', what: 'a number in place of text', value: 5 },
  { type: 'timestamp', what: 'an invalid date', value: new Date(Number.NaN) },
  { type: 'timestamp', what: 'text in place of a date', value: '2026-01-01T00:00:00.000Z' },
  { type: 'json', what: 'NaN deep in JSON', value: { list: [1, Number.NaN] } },
  { type: 'json', what: 'undefined in a list in JSON', value: [undefined] },
  { type: 'json', what: 'a bigint in JSON', value: { value: 5n } },
  { type: 'json', what: 'a date in JSON', value: { at: new Date(0) } },
  { type: 'json', what: 'a function in JSON', value: { call: () => 1 } },
  { type: 'json', what: 'JSON that contains itself', value: cyclic() },
];

function cyclic(): object {
  const list: object[] = [];
  list.push({ list });
  return list;
}
