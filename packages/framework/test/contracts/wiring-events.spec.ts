import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { serviceContract } from '../../src/contracts/contract-of.js';
import { wiringFindings } from '../../src/contracts/wiring/wiring-findings.js';
import { DomainEvent } from '../../src/model/domain-event.js';
import { found, inVersion, lent, publisher, reader, rules } from './wired.js';

const READER = 'Reminders.remind';

describe('events between services', () => {
  it('one that is read as it is published is nothing to talk of', () => {
    expect(found(publisher(lent({ title: z.string() })), reader(lent()))).toEqual([]);
  });

  it('one that nobody publishes is a fault, and the one that is called almost so is named', () => {
    const [note, fault] = found(publisher(lent({}, undefined, 'Lend')), reader(lent()));
    expect(fault).toMatchObject({
      rule: 'event-unpublished',
      severity: 'fault',
      service: 'reminder',
      about: READER,
    });
    expect(fault!.what).toContain('the most alike is Lend');
    expect(note).toMatchObject({ rule: 'event-unread', severity: 'note', service: 'library', about: 'Lend' });
  });

  it('one that is published on another topic is a fault of its own', () => {
    const services = [publisher(lent(), { topic: 'books' }), reader(lent(), { topic: 'mail' })];
    expect(rules(...services)).toEqual(
      [`event-unread Lent`, `event-topic ${READER}`].toSorted().toReversed(),
    );
    expect(found(...services).find(({ rule }) => rule === 'event-topic')!.what).toContain('library on books');
  });

  it('one that nobody reads is a note', () => {
    expect(rules(publisher(lent()))).toEqual(['event-unread Lent']);
  });

  it.each([
    ['may be left out', { title: z.string().optional() }, { title: z.string() }, '/title'],
    ['is not there', {}, { title: z.string() }, '/title'],
    ['is of another type', { title: z.number() }, { title: z.string() }, '/title'],
    [
      'has values that the reader does not know',
      { title: z.enum(['a', 'b']) },
      { title: z.enum(['a']) },
      '/title',
    ],
    ['is beyond what the reader takes', { title: z.string() }, { title: z.string().max(5) }, '/title'],
    [
      'is wrong deep inside',
      { book: z.object({ title: z.string() }) },
      { book: z.object({ title: z.boolean() }) },
      '/book/title',
    ],
  ])('a field that %s is a fault that names it', (_, sent, wanted, path) => {
    const [fault, ...others] = found(publisher(lent(sent)), reader(lent(wanted)));
    expect(others).toEqual([]);
    expect(fault).toMatchObject({
      rule: 'event-shape',
      severity: 'fault',
      service: 'reminder',
      about: READER,
    });
    expect(fault!.what).toContain(`library publishes Lent as ${READER} cannot read it: ${path} `);
  });

  it.each([
    ['a whole number as a bigint', { shelf: z.number().int() }, { shelf: z.bigint() }],
    ['a field that it may do without', {}, { shelf: z.string().optional() }],
    ['a field that it has a value for', {}, { shelf: z.string().default('a') }],
    ['an instant', { since: z.date() }, { since: z.date() }],
    ['a bigint as a whole number', { shelf: z.bigint() }, { shelf: z.int() }],
    ['a bigint as a number that may be null', { shelf: z.bigint() }, { shelf: z.number().nullable() }],
    ['a bigint in a list', { shelves: z.array(z.bigint()) }, { shelves: z.array(z.int()) }],
    ['a day as an instant', { since: z.iso.date() }, { since: z.date() }],
    ['a boolean that is written as text', { kept: z.enum(['true', 'false']) }, { kept: z.boolean() }],
    ['a number that is written as text', { shelf: z.literal('1') }, { shelf: z.literal([1, 2]) }],
    ['a whole number above 0 as 1 or more', { shelf: z.int().positive() }, { shelf: z.int().min(1) }],
  ])('a reader takes %s', (_, sent, wanted) => {
    expect(rules(publisher(lent(sent)), reader(lent(wanted)))).toEqual([]);
  });

  it.each([
    ['any text, for a number', { shelf: z.string() }, { shelf: z.int() }],
    ['any text, for a boolean', { shelf: z.string() }, { shelf: z.boolean() }],
    [
      'digits, in a union, in which nothing is turned',
      { shelf: z.bigint() },
      { shelf: z.union([z.int(), z.boolean()]) },
    ],
    ['digits, for a number in bounds', { shelf: z.bigint() }, { shelf: z.int().positive() }],
  ])('a reader does not take %s', (_, sent, wanted) => {
    expect(rules(publisher(lent(sent)), reader(lent(wanted)))).toEqual([`event-shape ${READER}`]);
  });

  it.each([
    ['a uuid of one kind for one of any', { shelf: z.uuidv4() }, { shelf: z.uuid() }],
    ['an instant for a text that looks so', { since: z.date() }, { since: z.string().regex(/^2\d{3}-/) }],
    ['a text for a uuid', { shelf: z.string() }, { shelf: z.uuid() }],
  ])('%s is a note at most, for which texts are alike cannot be told', (_, sent, wanted) => {
    const notes = found(publisher(lent(sent)), reader(lent(wanted)));
    expect(notes.filter(({ severity }) => severity === 'fault')).toEqual([]);
    expect(notes.every(({ rule }) => rule === 'event-format')).toBe(true);
  });

  it('a key of which nothing can be told is no fault', () => {
    expect(rules(publisher(lent({}, () => 'all')), reader(lent()))).toEqual([]);
  });

  it('a key that is taken from other fields is a fault, with both', () => {
    const [fault, ...others] = found(
      publisher(lent({ shelf: z.string() }, (event) => event['shelf'])),
      reader(lent()),
    );
    expect(others).toEqual([]);
    expect(fault).toMatchObject({ rule: 'event-key', severity: 'fault', about: READER });
    expect(fault!.what).toMatch(/library keeps Lent in order of shelf, and .* the order of id/);
  });
});

describe('events in versions', () => {
  const library = serviceContract(publisher(lent()));
  const reminder = serviceContract(reader(lent({ title: z.string() })));
  const versions = (published: number[], read: number) =>
    wiringFindings([inVersion(library, ...published), inVersion(reminder, read)]);

  it('one that is only published in newer versions than its reader knows is a fault that says which', () => {
    const [fault] = versions([3, 2], 1).filter(({ severity }) => severity === 'fault');
    expect(fault).toMatchObject({ rule: 'event-version', about: READER });
    expect(fault!.what).toContain('in version 3 by library and in version 2 by library');
  });

  it('an older one goes through upcasters, and its shape is not compared', () => {
    expect(versions([1], 2)).toEqual([]);
  });

  it('of several the newest that the reader knows is compared; the others are for nobody', () => {
    expect(versions([1, 2], 2).map(({ rule, what }) => [rule, /Lent in version 2/.test(what)])).toEqual([
      ['event-unread', false],
      ['event-shape', false],
    ]);
    expect(versions([3, 2], 2).map(({ rule }) => rule)).toEqual(['event-unread', 'event-shape']);
  });
});

it('an event that is also published in its older version is compared with that', () => {
  const older = z.object({ id: z.number().int(), title: z.string() });
  const newer = z.object({ id: z.number().int(), name: z.string() });
  class Lent extends DomainEvent('Lent', newer, {
    key: (e) => e.id,
    version: 2,
    alsoAs: { 1: { schema: older, from: ({ id, name }) => ({ id, title: name }) } },
  }) {}
  expect(rules(publisher(Lent), reader(lent({ title: z.string() })))).toEqual(['event-unread Lent']);
  expect(rules(publisher(Lent), reader(lent({ name: z.string() })))).toEqual([
    'event-unread Lent',
    'event-shape Reminders.remind',
  ]);
});

describe('while a service has faults of its own', () => {
  it('nobody is blamed for what it may publish or read', () => {
    const contracts = [
      serviceContract(reader(lent())),
      serviceContract(publisher(lent({}, undefined, 'Kept'))),
    ];
    const findings = wiringFindings(contracts, ['billing']);
    expect(findings.map(({ rule, severity }) => `${rule} ${severity}`)).toEqual(['event-unchecked note']);
    expect(findings[0]!.what).toContain('billing has faults of its own');
  });
});
