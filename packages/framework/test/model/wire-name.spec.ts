import { describe, expect, it } from 'vitest';
import { fromWireName, wireName } from '../../src/model/wire-name.js';

describe('the name of an event on the wire', () => {
  it.each([
    ['Approved', 1, 'Approved'],
    ['Approved', 2, 'Approved.v2'],
    ['Approved', 1_000, 'Approved.v1000'],
    ['shop.vip.Approved', 1, 'shop.vip.Approved'],
    ['shop.vip.Approved', 12, 'shop.vip.Approved.v12'],
  ])('of %s in version %i is %s, and back', (eventType, version, name) => {
    expect(wireName(eventType, version)).toBe(name);
    expect(fromWireName(name)).toEqual({ eventType, version });
  });

  it.each(['Approved.v1', 'Approved.v0', 'Approved.v02', 'Approved.v-2', 'Approved.v2.5', 'Approved.v1e1'])(
    '%s is a foreign one, of an event in its first version',
    (name) => {
      expect(fromWireName(name)).toEqual({ eventType: name, version: 1 });
    },
  );

  it.each([
    'Approved.v',
    'Approved.v1001',
    'Approved.v99999999999999999999',
    '.v2',
    'v2',
    'Approved.V2',
    'Approved.v 2',
  ])('%s is no version either', (name) => {
    expect(fromWireName(name)).toEqual({ eventType: name, version: 1 });
  });
});
