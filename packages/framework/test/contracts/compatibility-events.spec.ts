import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { PublishedEvent } from '../../src/contracts/service-contract.js';
import { changesOf, named, paid, told } from './neighbours.js';

const id = z.number().int();
const status = z.string();
const lines = z.array(z.object({ qty: id, sku: z.string().optional() }));
type Shape = z.ZodRawShape;

/** What changes, the fields before and after, then what is found: the rule, the field, who reads it. */
const FIELDS: readonly (readonly [string, Shape, Shape, ...string[]])[] = [
  ['nothing', { id }, { id }],
  ['a field is added', { id }, { id, cost: id }],
  ['an optional field becomes required', { id, note: status.optional() }, { id, note: status }],
  ['null is not sent any more', { id, note: status.nullable() }, { id, note: status }],
  ['fewer values are sent', { status: z.enum(['a', 'b']) }, { status: z.enum(['a']) }],
  ['values are named', { status }, { status: z.enum(['a', 'b']) }],
  ['a number becomes a whole number', { cost: z.number() }, { cost: id }],
  ['a range becomes narrower', { cost: id.min(0) }, { cost: id.min(1).max(9) }],
  ['a text becomes shorter', { status: z.string().max(20) }, { status: z.string().max(10) }],
  ['a field gets a format', { on: z.string() }, { on: z.iso.date() }],
  ['a union loses a member', { x: z.union([id, status]) }, { x: id }],
  ['an item gets a field', { lines }, { lines: z.array(z.object({ qty: id, sku: z.string(), price: id })) }],
  [
    'a field is removed that code reads',
    { id, cost: id },
    { cost: id },
    'event-field-gone id <- delivery, message',
  ],
  ['a field is removed that a pact reads', { id, status }, { id }, 'event-field-gone status <- message'],
  ['a field is removed that nobody reads', { id, cost: id }, { id }, 'event-field-gone cost'],
  ['an optional field is removed', { id, note: id.optional() }, { id }, 'event-field-gone note'],
  ['a field is renamed', { id, status }, { id, state: status }, 'event-field-renamed status <- message'],
  [
    'a field goes and one of another type comes',
    { id, status },
    { id, cost: id },
    'event-field-gone status <- message',
  ],
  ['a whole number becomes text', { id, cost: id }, { id, cost: status }, 'event-field-type cost'],
  ['a whole number becomes a number', { cost: id }, { cost: z.number() }, 'event-field-type cost'],
  [
    'a field becomes a list',
    { id, status },
    { id, status: z.array(status) },
    'event-field-type status <- message',
  ],
  [
    'a field becomes optional',
    { id, status },
    { id, status: status.optional() },
    'event-field-optional status <- message',
  ],
  [
    'a field becomes nullable',
    { id, status },
    { id, status: status.nullable() },
    'event-field-nullable status <- message',
  ],
  [
    'a value more is sent',
    { status: z.enum(['a']) },
    { status: z.enum(['a', 'b']) },
    'event-field-values status <- message',
  ],
  [
    'any text is sent for values',
    { status: z.enum(['a']) },
    { status },
    'event-field-values status <- message',
  ],
  ['a range becomes wider', { cost: id.min(1) }, { cost: id.min(0) }, 'event-field-range cost'],
  ['a range goes away', { cost: id.max(9) }, { cost: id }, 'event-field-range cost'],
  ['a text becomes longer', { status: z.string().max(9) }, { status }, 'event-field-range status <- message'],
  ['a format goes away', { on: z.iso.date() }, { on: z.string() }, 'event-field-format on'],
  ['a union gets a member', { x: id }, { x: z.union([id, status]) }, 'event-field-type x'],
  [
    'a field of an item is removed',
    { id, lines },
    { id, lines: z.array(z.object({ sku: z.string().optional() })) },
    'event-field-gone lines.*.qty <- delivery',
  ],
  [
    'a field of an item changes its type',
    { id, lines },
    { id, lines: z.array(z.object({ qty: z.string(), sku: z.string().optional() })) },
    'event-field-type lines.*.qty <- delivery',
  ],
  [
    'an object goes with its fields',
    { id, to: z.object({ street: status, zip: status }) },
    { id },
    'event-field-gone to',
  ],
  [
    'an object becomes text, which says all of its fields',
    { id, to: z.object({ street: status }) },
    { id, to: status },
    'event-field-type to',
  ],
  [
    'two fields at once',
    { id, status, cost: id },
    { id, status: id, cost: id.nullable() },
    'event-field-nullable cost',
    'event-field-type status <- message',
  ],
];

const first = paid({ id, status });
const second = paid({ id, status, currency: z.string() }, { version: 2 });
const lonely = paid({ id }, { eventType: 'Refunded' });
const EVENTS: readonly (readonly [string, PublishedEvent[], PublishedEvent[], ...string[]])[] = [
  ['an event is added', [first], [first, lonely], 'event-new'],
  ['an event is removed', [first], [], 'event-gone <- delivery, message'],
  ['an event is removed that nobody reads', [lonely], [], 'event-gone'],
  ['a version is added', [first], [first, second], 'event-new'],
  [
    'a version takes the place of the one before',
    [first],
    [second],
    'event-version-gone <- delivery, message',
    'event-new',
  ],
  [
    'the older version is taken away while it is read',
    [first, second],
    [second],
    'event-version-gone <- delivery, message',
  ],
  [
    'the older version is taken away when nobody reads it',
    [lonely, { ...lonely, version: 2 }],
    [{ ...lonely, version: 2 }],
    'event-version-retired',
  ],
  ['the newer version is taken back', [first, second], [first], 'event-version-gone'],
  [
    'the older version changes',
    [first, second],
    [paid({ id }), second],
    'event-field-gone status <- message',
  ],
  [
    'the newer version changes',
    [first, second],
    [first, paid({ id, status }, { version: 2 })],
    'event-field-gone currency',
  ],
  ['another topic', [first], [{ ...first, topic: 'payments' }], 'event-topic <- delivery, message'],
  ['another key', [first], [{ ...first, key: ['status'] }], 'event-key <- delivery, message'],
];

describe('a change of an event:', () => {
  it.each(FIELDS.map(named))('$title', ({ before, after, found }) => {
    expect(changesOf({ events: [paid(before)] }, { events: [paid(after)] }).map(told)).toEqual(found);
  });

  it.each(EVENTS.map(named))('$title', ({ before, after, found }) => {
    expect(changesOf({ events: before }, { events: after }).map(told)).toEqual(found);
  });

  it('says what was, what is, who reads it, and the way out', () => {
    const [found] = changesOf({ events: [paid({ id, lines })] }, { events: [paid({ id })] });
    expect(found).toMatchObject({
      severity: 'break',
      service: 'payment',
      where: 'event Paid',
      before: 'was there',
      after: 'is gone',
      readers: [{ consumer: 'delivery', by: 'code', as: 'DeliveryPolicies.begin' }],
      fix: expect.stringContaining('alsoAs: { 1: … }'),
    });
  });
});
