import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { RecordTooLargeError } from '../../src/kernel/errors/broker-errors.js';
import { UndeclaredEventError } from '../../src/kernel/errors/model-errors.js';
import { DomainEvent } from '../../src/model/domain-event.js';
import { EventCodec, localTimestamp } from '../../src/runtime/event-codec.js';
import { continuedTrace } from '../../src/runtime/trace-context.js';
import { ManualClock } from '../../src/testing/manual-clock.js';

class PaymentApproved extends DomainEvent(
  'PaymentApproved',
  z.object({
    id: z.int(),
    orderId: z.int(),
    product: z.string(),
    qty: z.int(),
    status: z.string(),
    cost: z.int(),
  }),
  { key: (e) => e.orderId },
) {}
class Odd extends DomainEvent(
  'Odd',
  z.object({
    serial: z.bigint(),
    serials: z.array(z.bigint()).default([]),
    at: z.date(),
    note: z.string().nullable().optional(),
    more: z.object({ list: z.array(z.string()) }).optional(),
  }),
  { key: (e) => e.serial.toString() },
) {}

class Labelled extends DomainEvent('Labelled', z.object({ label: z.string() }), { key: (e) => e.label }) {}

// local time, whatever the machine's zone is
const NOW = new Date(2026, 10, 21, 11, 49, 29, 987);
const trace = continuedTrace(`00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`);
const origin = { trace, correlationId: 'c-1' };
const codec = new EventCodec({
  service: 'payment',
  topic: 'skanucafe',
  events: [PaymentApproved, Odd, Labelled],
  maxRecordBytes: 500,
  clock: new ManualClock(NOW.getTime()),
});
const payment = { id: 1, orderId: 2, product: 'coffee', qty: 1, status: 'PaymentApproved', cost: 1000 };

describe('an event on its way out', () => {
  it('is the JSON of the Java services, byte for byte', () => {
    const { topic, key, value } = codec.encode(new PaymentApproved({ ...payment, orderId: 1 }), origin);
    expect({ topic, key }).toEqual({ topic: 'skanucafe', key: '1' });
    expect(value).toBe(
      '{"eventType":"PaymentApproved","timestamp":"20261121114929","id":1,"orderId":1,"product":"coffee","qty":1,"status":"PaymentApproved","cost":1000}',
    );
  });

  it('has the key of its class, as text', () => {
    expect(codec.encode(new PaymentApproved(payment), origin).key).toBe('2');
  });

  it('has the CloudEvents attributes, the trace and the correlation id as headers', () => {
    const { eventId, headers } = codec.encode(new PaymentApproved(payment), {
      ...origin,
      causationId: '/order/7',
    });
    expect(headers).toEqual({
      ce_specversion: '1.0',
      ce_id: eventId,
      ce_source: '/payment',
      ce_type: 'PaymentApproved',
      ce_time: NOW.toISOString(),
      'content-type': 'application/json',
      traceparent: `00-${'a'.repeat(32)}-${trace.spanId}-01`,
      ce_correlationid: 'c-1',
      ce_causationid: '/order/7',
    });
  });

  it('never has a header contentType, which makes every Java consumer fail', () => {
    const { headers } = codec.encode(new PaymentApproved(payment), origin);
    expect(Object.keys(headers)).not.toContain('contentType');
    expect(Object.keys(headers)).not.toContain('spring_json_header_types');
    expect(Object.keys(headers)).not.toContain('ce_causationid');
  });

  it('has an id of its own each time', () => {
    const event = new PaymentApproved(payment);
    const ids = Array.from({ length: 100 }, () => codec.encode(event, origin).eventId);
    expect(new Set(ids).size).toBe(100);
  });

  it('says 64-bit numbers as text, instants as ISO, null as null, and nothing of what is absent', () => {
    const event = new Odd({ serial: 2n ** 63n, serials: [1n], at: NOW, note: null });
    expect(JSON.parse(codec.encode(event, origin).value)).toEqual({
      eventType: 'Odd',
      timestamp: '20261121114929',
      serial: '9223372036854775808',
      serials: ['1'],
      at: NOW.toISOString(),
      note: null,
    });
  });

  it('that is larger than the broker takes is refused, in bytes and not in characters', () => {
    const large = () => codec.encode(new PaymentApproved({ ...payment, product: '€'.repeat(150) }), origin);
    expect(large).toThrow(RecordTooLargeError);
    expect(large).toThrow(/^event PaymentApproved has 5\d\d bytes, more than the 500 that the broker takes/);
  });

  it('that the service does not declare is refused, also when its class only extends a declared one', () => {
    class Special extends PaymentApproved {}
    expect(() => codec.encode(new Special(payment), origin)).toThrow(UndeclaredEventError);
    expect(() => codec.encode(new Special(payment), origin)).toThrow(
      'service payment publishes PaymentApproved but does not declare it',
    );
  });

  it.each([
    ['20260102030405', new Date(2026, 0, 2, 3, 4, 5)],
    ['20261231235959', new Date(2026, 11, 31, 23, 59, 59, 999)],
    ['20240229000000', new Date(2024, 1, 29, 0, 0, 0)],
  ])('has its local time as timestamp, with the right year: %s', (text, date) => {
    expect(localTimestamp(date)).toBe(text);
  });

  it('is refused where it is published when its key is too large: in the relay it would stand before all others', () => {
    const roomy = new EventCodec({
      service: 'payment',
      topic: 'skanucafe',
      events: [Labelled],
      maxRecordBytes: 1_000_000,
      clock: new ManualClock(NOW.getTime()),
    });
    expect(roomy.encode(new Labelled({ label: 'x'.repeat(8_192) }), origin).key).toHaveLength(8_192);
    expect(() => roomy.encode(new Labelled({ label: 'x'.repeat(8_193) }), origin)).toThrow(
      RecordTooLargeError,
    );
  });
});
