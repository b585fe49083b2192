import { describe, expect, it } from 'vitest';
import { UpcastError } from '../../src/kernel/errors/model-errors.js';
import { type Upcasters, upcast } from '../../src/model/event-versions.js';

const event = (version: number, upcasters: Upcasters) => ({ eventType: 'Approved', version, upcasters });
const chain: Upcasters = {
  1: (fields) => ({ ...fields, steps: '1' }),
  2: (fields) => ({ ...fields, steps: `${String(fields['steps'])}2` }),
  3: (fields) => ({ ...fields, steps: `${String(fields['steps'])}3` }),
};

describe('fields of an older version', () => {
  it('go through the upcasters from their version to that of the class, in this order', () => {
    expect(upcast(event(4, chain), 1, { id: 1 })).toEqual({ id: 1, steps: '123' });
    expect(upcast(event(4, chain), 3, { steps: '' })).toEqual({ steps: '3' });
    expect(upcast(event(2, chain), 1, { id: 1 })).toEqual({ id: 1, steps: '1' });
  });

  it('of the version of the class are left alone', () => {
    const fields = { id: 1 };
    expect(upcast(event(4, chain), 4, fields)).toBe(fields);
  });

  it('are not changed by an upcaster that changes what it is given', () => {
    const fields = { list: [{ id: 1 }] };
    const rude: Upcasters = {
      1: (given) => {
        (given['list'] as object[]).push({});
        return given;
      },
    };
    expect(upcast(event(2, rude), 1, fields)).toEqual({ list: [{ id: 1 }, {}] });
    expect(fields).toEqual({ list: [{ id: 1 }] });
  });

  it('that an upcaster throws on say which, and why; another attempt makes no sense', () => {
    const cause = new TypeError('no amount');
    const failing = () =>
      upcast(
        event(3, {
          ...chain,
          2: () => {
            throw cause;
          },
        }),
        1,
        {},
      );
    expect(failing).toThrow(UpcastError);
    expect(failing).toThrow(
      expect.objectContaining({
        message: 'event Approved.v2 cannot be brought to version 3: no amount',
        cause,
        retriable: false,
      }),
    );
  });

  it.each([
    ['no upcaster', {}, 'there is no upcaster for it'],
    ['an upcaster that returns nothing', { 1: () => undefined }, 'its upcaster returns no object'],
    ['an upcaster that returns a list', { 1: () => [] }, 'its upcaster returns no object'],
  ])('that have %s are refused', (_, upcasters, why) => {
    // what the compiler would not let through
    const refused = () => upcast(event(2, upcasters as never), 1, {});
    expect(refused).toThrow(UpcastError);
    expect(refused).toThrow(`event Approved cannot be brought to version 2: ${why}`);
  });
});
