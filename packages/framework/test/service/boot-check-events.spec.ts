import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DomainEvent, type EventClass } from '../../src/model/domain-event.js';
import { PolicyHandler, Whenever } from '../../src/model/policy-handler.js';
import { defineService } from '../../src/model/service-definition.js';
import { bootFaults } from '../../src/service/boot-check.js';

const schema = z.object({ id: z.int() });
const key = (e: { readonly id: number }) => e.id;
const same = (fields: object) => ({ ...fields });

/** The faults of a service that publishes or reads the event, each as `what (fix)`. */
function faultsOf(how: 'published' | 'read', event: EventClass): string[] {
  @PolicyHandler()
  class Policies {
    @Whenever(event) on(_given: object) {}
  }
  const parts = how === 'read' ? { policies: [Policies] } : { events: [event] };
  return bootFaults(defineService({ name: 'shop', port: 0, ...parts })).map(
    ({ what, fix }) => `${what} (${fix})`,
  );
}

describe('the boot check of events', () => {
  it('finds nothing in versions that fit together', () => {
    const older = { 1: { schema, from: same as never } };
    const chain = { 1: same, 2: same };
    const whole = DomainEvent('Placed', schema, { key, version: 3, upcasters: chain, alsoAs: older });
    for (const how of ['published', 'read'] as const) {
      expect(faultsOf(how, whole)).toEqual([]);
      expect(faultsOf(how, DomainEvent('Placed', schema, { key }))).toEqual([]);
      expect(faultsOf(how, DomainEvent('shop.very.Placed', schema, { key, version: 1 }))).toEqual([]);
    }
  });

  it.each([0, -1, 1.5, Number.NaN, 1_001])('finds a version that is none: %d', (version) => {
    expect(faultsOf('published', DomainEvent('Placed', schema, { key, version }))).toEqual([
      `the event Placed has the version ${version} (count versions up from 1, to 1000 at the most)`,
    ]);
  });

  it.each(['com.acme.order.created.v1', 'Placed.v02'])('takes a foreign name as it is: %s', (name) => {
    expect(faultsOf('published', DomainEvent(name, schema, { key }))).toEqual([]);
  });

  it.each([
    ['Placed.v2', 'call it Placed, and say version: 2'],
    ['Placed.v2.v3', 'call it Placed, and say version: 3'],
  ])('finds a name that ends as those of versions do: %s', (name, fix) => {
    expect(faultsOf('published', DomainEvent(name, schema, { key }))).toEqual([
      `the event ${name} ends as the names of versions do on the wire (${fix})`,
    ]);
  });

  it('finds versions that nothing brings to that of the reader, and leaves a mere publisher alone', () => {
    const event = DomainEvent('Placed', schema, { key, version: 4, upcasters: { 2: same } });
    expect(faultsOf('published', event)).toEqual([]);
    expect(faultsOf('read', event)).toEqual([
      expect.stringMatching(
        /^the event Placed is read in version 4, and nothing brings version 1 to version 2 \(add upcasters: \{ 1: /,
      ),
      expect.stringMatching(
        /^the event Placed is read in version 4, and nothing brings version 3 to version 4 /,
      ),
    ]);
  });

  it.each([2, 3, 0, -1, 1.5])('finds an older version that is not older than 2: %d', (one) => {
    const event = DomainEvent('Placed', schema, {
      key,
      version: 2,
      upcasters: { 1: same, [one]: same },
      alsoAs: { [one]: { schema, from: ({ id }) => ({ id }) } },
    });
    const fix = '(name older versions only: whole numbers from 1, below 2)';
    expect(faultsOf('read', event)).toEqual([
      `the event Placed has version 2, and an upcaster for version ${one} ${fix}`,
      `the event Placed has version 2, and is also published as version ${one} ${fix}`,
    ]);
  });

  it('finds a field of an older version that the framework sets itself', () => {
    const older = z.object({ id: z.int(), timestamp: z.string() });
    const event = DomainEvent('Placed', schema, {
      key,
      version: 2,
      alsoAs: { 1: { schema: older, from: ({ id }) => ({ id, timestamp: '' }) } },
    });
    expect(faultsOf('published', event)).toEqual([
      'the event Placed has a field timestamp, which the framework sets itself (rename the field)',
    ]);
  });

  it('finds a read schema that refuses what a publisher may add, at whatever depth', () => {
    const part: z.ZodType = z.lazy(() => z.strictObject({ of: z.string(), parts: z.array(part) }));
    const deep = z.object({
      id: z.int(),
      lines: z.array(z.object({ price: z.strictObject({ amount: z.int() }).nullable().default(null) })),
      labels: z.record(z.string(), z.strictObject({ text: z.string() })),
      pair: z.tuple([z.string(), z.union([z.null(), z.strictObject({ a: z.string() })])]),
      part,
    });
    const faults = faultsOf('read', DomainEvent('Placed', deep, { key }));
    expect(faults).toEqual([
      expect.stringMatching(
        /^the event Placed is read by a schema that refuses .* parked .* \(use z\.object /,
      ),
    ]);
    for (const place of ['lines.*.price', 'labels.*', 'pair.1', 'part'])
      expect(faults[0]).toMatch(new RegExp(`[ ,]${place.replaceAll(/[.*]/g, '\\$&')}[,:]`));
    expect(faultsOf('read', DomainEvent('Placed', z.strictObject({ id: z.int() }), { key }))).toEqual([
      expect.stringContaining(' in the whole: '),
    ]);
  });

  it('leaves a strict schema of what is only published, and one whose strictness meets nothing', () => {
    expect(faultsOf('published', DomainEvent('Placed', z.strictObject({ id: z.int() }), { key }))).toEqual(
      [],
    );
    const tidied = z.object({
      id: z.int(),
      of: z.object({ a: z.string() }).pipe(z.strictObject({ a: z.string() })),
      more: z.looseObject({}),
      on: z.date(),
    });
    expect(faultsOf('read', DomainEvent('Placed', tidied, { key }))).toEqual([]);
  });
});
