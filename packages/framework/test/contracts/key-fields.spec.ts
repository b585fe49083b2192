import { describe, expect, it } from 'vitest';
import { fieldsLookedAt } from '../../src/contracts/key-fields.js';

const NAMES = ['id', 'order', 'parent', 'lines', 'name', 'at'];

describe('the fields that a key is made of', () => {
  it.each([
    ['one', (e) => e.id, ['id']],
    ['several, in order', (e) => `${e.order}/${e.id}`, ['order', 'id']],
    ['what is in another', (e) => e.order.shop, ['order.shop']],
    ['several that are in one', (e) => [e.order.shop, e.order.id].join(), ['order.shop', 'order.id']],
    ['what is in what is in another', (e) => e.order.shop.town, ['order.shop.town']],
    ['that which it falls back on', (e) => e.parent ?? e.id, ['parent', 'id']],
    [
      'that which it falls back on at last',
      (e) => e.order?.id ?? e.parent ?? e.id,
      ['order.id', 'parent', 'id'],
    ],
    ['all of them', (e) => Object.values(e).join(), NAMES],
    ['all of them as JSON', (e) => JSON.stringify(e), NAMES],
    ['what a list has', (e) => e.lines.map((line: any) => line.id).join(), ['lines.*.id']],
    ['a text that is changed', (e) => e.name.toLowerCase().slice(0, 3).padEnd(5), ['name']],
    ['a number that is reckoned with', (e) => e.id % 4, ['id']],
    ['an instant', (e) => e.at.toISOString().slice(0, 10), ['at']],
    ['one that it then wants too much of', (e) => BigInt(e.id), ['id']],
    [
      'one that it asks for only when it is there',
      (e) => ('parent' in e ? e.parent : e.id),
      ['parent', 'id'],
    ],
    ['none', () => 'all', []],
  ] as [string, (event: any) => unknown, string[]][])('%s', (_, look, fields) => {
    expect(fieldsLookedAt(look, NAMES)).toEqual(fields);
  });
});
