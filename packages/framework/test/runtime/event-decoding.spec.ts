import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ConsumerRecord } from '../../src/broker/broker.js';
import { systemClock } from '../../src/kernel/clock.js';
import { InvalidEventError, UnreadableRecordError } from '../../src/kernel/errors/model-errors.js';
import { DomainEvent } from '../../src/model/domain-event.js';
import { EventCodec } from '../../src/runtime/event-codec.js';
import { continuedTrace } from '../../src/runtime/trace-context.js';

class Placed extends DomainEvent('Placed', z.object({ id: z.int(), product: z.string() }), {
  key: (e) => e.id,
}) {}
class Serial extends DomainEvent(
  'Serial',
  z.object({ serial: z.bigint(), at: z.date().optional(), express: z.boolean().optional() }),
  { key: (e) => String(e.serial) },
) {}

const codec = new EventCodec({
  service: 'reader',
  topic: 'skanucafe',
  events: [Placed, Serial],
  maxRecordBytes: 1_000,
  clock: systemClock,
});

const record = (value: string | Uint8Array | null, more: Partial<ConsumerRecord> = {}): ConsumerRecord => ({
  topic: 'skanucafe',
  partition: 2,
  offset: 40,
  key: null,
  headers: {},
  timestamp: Date.UTC(2026, 0, 1),
  value: typeof value === 'string' ? Buffer.from(value) : value,
  ...more,
});
const json = (value: unknown, more?: Partial<ConsumerRecord>) => record(JSON.stringify(value), more);
const JAVA =
  '{"eventType":"Placed","timestamp":"20271231114929","id":1,"product":"tea","colour":"green","nested":{"a":[1]}}';

describe('a record', () => {
  it('of our own is read as it was written', () => {
    const origin = { trace: continuedTrace(undefined), correlationId: 'c-1', causationId: '/shop/6' };
    const { headers, value, key, eventId } = codec.encode(new Placed({ id: 1, product: 'tea' }), origin);
    const received = codec.decode(record(value, { headers, key }));
    expect(received).toMatchObject({ eventId: `/reader/${eventId}`, eventType: 'Placed' });
    expect(received.occurredAt.toISOString()).toBe(headers['ce_time']);
    expect(received.origin).toMatchObject({ correlationId: 'c-1', causationId: `/reader/${eventId}` });
    expect(received.origin.trace.traceId).toBe(origin.trace.traceId);
    const event = codec.revive(Placed, received);
    expect(event).toBeInstanceOf(Placed);
    expect(Object.entries(event)).toEqual([
      ['id', 1],
      ['product', 'tea'],
    ]);
    expect(event.identity).toEqual({ eventId: `/reader/${eventId}`, occurredAt: received.occurredAt });
  });

  it('of a Java service, without key, id and headers, is known by its place', () => {
    const headers = {
      contentType: '"application/json"',
      spring_json_header_types: '{"contentType":"java.lang.String"}',
    };
    const received = codec.decode(record(JAVA, { headers }));
    expect(received).toMatchObject({ eventId: 'skanucafe/2/40', eventType: 'Placed' });
    expect(received.occurredAt).toEqual(new Date(Date.UTC(2026, 0, 1)));
    expect(received.origin.correlationId).toBe(received.origin.trace.traceId);
    expect(Object.entries(codec.revive(Placed, received))).toEqual([
      ['id', 1],
      ['product', 'tea'],
    ]);
  });

  it('with the same fields at another place is another event', () => {
    const [one, other] = [record(JAVA), record(JAVA, { offset: 41 })].map(
      (each) => codec.decode(each).eventId,
    );
    expect(one).not.toBe(other);
  });

  it('with the same id of another source is another event', () => {
    const idOf = (source: string) =>
      codec.decode(record(JAVA, { headers: { ce_id: '1', ce_source: source } })).eventId;
    expect(idOf('/order')).not.toBe(idOf('/payment'));
  });

  it.each([
    ['ids as numeric strings', { id: '12', product: 'tea' }, Placed, { id: 12, product: 'tea' }],
    ['64-bit ids as text', { serial: '9223372036854775807' }, Serial, { serial: 9223372036854775807n }],
    ['small ids as numbers', { serial: 5 }, Serial, { serial: 5n }],
    [
      'instants and booleans as text',
      { serial: 1, at: '2026-01-01T00:00:00Z', express: 'true' },
      Serial,
      { serial: 1n, at: new Date(Date.UTC(2026, 0, 1)), express: true },
    ],
  ])('may have %s', (_, fields, eventClass, expected) => {
    const event = codec.revive(
      eventClass,
      codec.decode(json({ eventType: eventClass.eventType, ...fields })),
    );
    expect(Object.fromEntries(Object.entries(event))).toEqual(expected);
  });

  it('may have 64-bit ids as JSON numbers: they are not rounded', () => {
    const received = codec.decode(record('{"eventType":"Serial","serial":9007199254740993}'));
    expect(codec.revive(Serial, received)).toMatchObject({ serial: 9007199254740993n });
    const placed = codec.decode(record('{"eventType":"Placed","id":9007199254740993,"product":"tea"}'));
    expect(() => codec.revive(Placed, placed)).toThrow(InvalidEventError);
  });

  it('with fields that do not fit its reader is an invalid event, and says which', () => {
    const received = codec.decode(json({ eventType: 'Placed', id: 'abc' }));
    expect(() => codec.revive(Placed, received)).toThrow(InvalidEventError);
    expect(() => codec.revive(Placed, received)).toThrow(/\/id: .*; \/product: /);
  });

  it.each<[string, string | Uint8Array | null, RegExp]>([
    ['broken JSON', '{"eventType":', /JSON/],
    ['no bytes', '', /JSON/],
    ['a list', '[{"eventType":"Placed"}]', /no JSON object/],
    ['a text', '"Placed"', /no JSON object/],
    ['a number', '5', /no JSON object/],
    ['null as JSON', 'null', /no JSON object/],
    ['no value', null, /no value/],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), /encoded data/],
    ['no eventType', '{"id":1}', /eventType/],
    ['eventType null', '{"eventType":null}', /eventType/],
    ['eventType a number', '{"eventType":5}', /eventType/],
    ['eventType empty', '{"eventType":""}', /eventType/],
    ['eventType an object', '{"eventType":{"name":"Placed"}}', /eventType/],
  ])('is no event with %s', (_, value, why) => {
    const decoding = () => codec.decode(record(value));
    expect(decoding).toThrow(UnreadableRecordError);
    expect(decoding).toThrow(/^record skanucafe\/2\/40 is no event: /);
    expect(decoding).toThrow(why);
  });

  it('with a byte order mark, and with headers that make no sense, is read all the same', () => {
    const headers = { ce_id: '', ce_time: 'yesterday', traceparent: 'x' };
    const received = codec.decode(record(`\uFEFF${JAVA}`, { headers }));
    expect(received).toMatchObject({ eventId: 'skanucafe/2/40', eventType: 'Placed' });
    expect(received.occurredAt).toEqual(new Date(Date.UTC(2026, 0, 1)));
  });

  it('cannot reach behind an event with a field called __proto__', () => {
    const received = codec.decode(
      record('{"eventType":"Placed","id":1,"product":"tea","__proto__":{"admin":true}}'),
    );
    const event = codec.revive(Placed, received);
    expect(event).toBeInstanceOf(Placed);
    expect('admin' in event).toBe(false);
  });

  it('with ids of any length is known by them, but does not make others carry them on', () => {
    const long = 'x'.repeat(10_000);
    const headers = { ce_id: long, ce_source: '/java', ce_correlationid: long };
    const { eventId, origin } = codec.decode(record(JAVA, { headers }));
    expect(eventId).toBe(`/java/${long}`);
    expect(origin.causationId).toBe('skanucafe/2/40');
    expect(origin.correlationId).toBe(origin.trace.traceId);
  });
});
