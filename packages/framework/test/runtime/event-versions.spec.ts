import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ConsumerRecord } from '../../src/broker/broker.js';
import { RecordTooLargeError } from '../../src/kernel/errors/broker-errors.js';
import { InvalidEventError, UndeclaredEventError } from '../../src/kernel/errors/model-errors.js';
import { DomainEvent } from '../../src/model/domain-event.js';
import { EventCodec } from '../../src/runtime/event-codec.js';
import { continuedTrace } from '../../src/runtime/trace-context.js';
import { ManualClock } from '../../src/testing/manual-clock.js';

const v1 = z.object({ id: z.int(), amount: z.int().max(1_000) });
const v2 = z.object({ id: z.int(), amount: z.int(), currency: z.string() });
const v3 = z.object({ id: z.int(), price: z.object({ amount: z.int(), currency: z.string() }) });

class Second extends DomainEvent('Approved', v2, {
  key: (e) => e.id,
  version: 2,
  upcasters: { 1: (fields) => ({ ...fields, currency: 'KRW' }) },
}) {}
class Third extends DomainEvent('Approved', v3, {
  key: (e) => e.id,
  version: 3,
  upcasters: {
    1: (fields) => ({ ...fields, currency: 'KRW' }),
    2: ({ id, ...price }) => ({ id, price }),
  },
  alsoAs: {
    1: { schema: v1, from: ({ id, price }) => ({ id, amount: price.amount }) },
    2: { schema: v2, from: ({ id, price }) => ({ id, ...price }) },
  },
}) {}

const codec = new EventCodec({
  service: 'payment',
  topic: 'skanucafe',
  events: [Second, Third],
  maxRecordBytes: 200,
  // local time, whatever the machine's zone is
  clock: new ManualClock(new Date(2026, 10, 21, 11, 49, 29).getTime()),
});
const origin = { trace: continuedTrace(undefined), correlationId: 'c-1', causationId: '/order/7' };
const third = new Third({ id: 7, price: { amount: 5, currency: 'EUR' } });

const record = (value: string, headers: Record<string, string> = {}): ConsumerRecord => ({
  topic: 'skanucafe',
  partition: 2,
  offset: 40,
  key: null,
  headers,
  timestamp: 0,
  value: Buffer.from(value),
});
const decoded = (eventType: string, fields: object, headers?: Record<string, string>) =>
  codec.decode(record(JSON.stringify({ eventType, ...fields }), headers));

describe('an event of version 2 on its way out', () => {
  it('has its version in its name, in the value and in the header, and no other sign of it', () => {
    const event = new Second({ id: 7, amount: 5, currency: 'EUR' });
    const [only, ...others] = codec.encodeAll(event, origin);
    expect(others).toEqual([]);
    expect(only!.value).toBe(
      '{"eventType":"Approved.v2","timestamp":"20261121114929","id":7,"amount":5,"currency":"EUR"}',
    );
    expect(only!.headers['ce_type']).toBe('Approved.v2');
    expect(Object.keys(only!.headers)).not.toContain('ce_versions');
    expect(Object.keys(only!.headers)).not.toContain('ce_twinof');
    expect(only!.key).toBe('7');
  });

  it('that does not fit its schema says which version that is', () => {
    expect(() => new Second({ id: 7, amount: 5 } as never)).toThrow(
      'event Approved.v2 is not valid: /currency',
    );
  });
});

describe('an event that is published in older versions as well', () => {
  const records = codec.encodeAll(third, origin);

  it('is one record for each, from the newest to the oldest, byte for byte as each version says', () => {
    expect(records.map(({ value }) => value)).toEqual([
      '{"eventType":"Approved.v3","timestamp":"20261121114929","id":7,"price":{"amount":5,"currency":"EUR"}}',
      '{"eventType":"Approved.v2","timestamp":"20261121114929","id":7,"amount":5,"currency":"EUR"}',
      '{"eventType":"Approved","timestamp":"20261121114929","id":7,"amount":5}',
    ]);
    expect(records.map(({ headers }) => headers['ce_type'])).toEqual([
      'Approved.v3',
      'Approved.v2',
      'Approved',
    ]);
  });

  it('has the same key, topic, time, trace and origin in each', () => {
    const shared = records.map(({ topic, key, headers }) => ({
      topic,
      key,
      ...headers,
      ce_id: '',
      ce_type: '',
      ce_twinof: '',
    }));
    expect(new Set(shared.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(shared[0]).toMatchObject({ key: '7', ce_causationid: '/order/7', ce_versions: '1,2,3' });
  });

  it('is one event: each record has an id of its own, and the older ones name that of the newest', () => {
    const ids = records.map(({ headers }) => headers['ce_id']);
    expect(new Set(ids).size).toBe(3);
    expect(records.map(({ eventId }) => eventId)).toEqual(ids);
    expect(records.map(({ headers }) => headers['ce_twinof'])).toEqual([undefined, ids[0], ids[0]]);
    const received = records.map(({ value, headers }) => codec.decode(record(value, headers)));
    expect(received.map(({ eventId }) => eventId)).toEqual(ids.map(() => `/payment/${ids[0]}`));
    expect(received.map(({ version }) => version)).toEqual([3, 2, 1]);
    for (const { eventType, versions } of received)
      expect({ eventType, versions }).toEqual({ eventType: 'Approved', versions: [1, 2, 3] });
  });

  it('is refused where it is published when an older version cannot say it', () => {
    const large = new Third({ id: 7, price: { amount: 5_000, currency: 'EUR' } });
    expect(() => codec.encodeAll(large, origin)).toThrow(InvalidEventError);
    expect(() => codec.encodeAll(large, origin)).toThrow(/^event Approved is not valid: \/amount: /);
  });

  it('is refused when any of its records is too large', () => {
    const wordy = new Third({ id: 7, price: { amount: 5, currency: 'x'.repeat(100) } });
    expect(codec.encodeAll(wordy, origin)).toHaveLength(3);
    const wordier = new Third({ id: 7, price: { amount: 5, currency: 'x'.repeat(115) } });
    expect(() => codec.encodeAll(wordier, origin)).toThrow(RecordTooLargeError);
  });

  it('is refused when the service does not declare it', () => {
    class Special extends Third {}
    const special = new Special({ id: 7, price: { amount: 5, currency: 'EUR' } });
    expect(() => codec.encodeAll(special, origin)).toThrow(UndeclaredEventError);
  });
});

describe('a record of an older version', () => {
  it('becomes an event of the reader, whatever version it was written in', () => {
    const price = { amount: 5, currency: 'KRW' };
    expect({ ...codec.revive(Third, decoded('Approved', { id: '7', amount: 5 })) }).toEqual({
      id: 7,
      price: price,
    });
    expect({ ...codec.revive(Third, decoded('Approved.v2', { id: '7', ...price })) }).toEqual({
      id: 7,
      price,
    });
    expect({ ...codec.revive(Third, decoded('Approved.v3', { id: '7', price })) }).toEqual({ id: 7, price });
  });

  it('that does not fit after its upcasters names the version that came', () => {
    expect(() => codec.revive(Third, decoded('Approved.v2', { amount: 5 }))).toThrow(
      /^event Approved\.v2 is not valid: \/id/,
    );
  });

  it('lists its own version where the header makes no sense', () => {
    const versions = (header: string) => decoded('Approved.v2', {}, { ce_versions: header }).versions;
    expect(versions('2,1')).toEqual([1, 2]);
    for (const senseless of ['', '1', '1,3', 'x', '1,2,x', '0,2', '1,2,', '2,1.5', `2${',1'.repeat(5_000)}`])
      expect(versions(senseless)).toEqual([2]);
    expect(decoded('Approved', {}).versions).toEqual([1]);
  });
});
