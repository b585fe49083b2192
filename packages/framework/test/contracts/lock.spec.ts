import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CHANGE_RULES } from '../../src/contracts/compatibility/change-rules.js';
import { contractChanges } from '../../src/contracts/compatibility/contract-changes.js';
import { lockText, lockedContracts, parsedLock } from '../../src/contracts/compatibility/contracts-lock.js';
import { serviceContract } from '../../src/contracts/contract-of.js';
import { bakery } from './bakery.js';
import { delivery, gateway, order, paid, payment } from './neighbours.js';

const text = (...contracts: Parameters<typeof lockedContracts>[0][number][]) =>
  lockText(lockedContracts(contracts));

describe('contracts.lock', () => {
  it('is the same text for the same contracts, in whatever order they and their parts come', () => {
    const events = [paid({ id: z.number() }), paid({ id: z.number() }, { version: 2 })];
    const one = text(payment({ events }), gateway, delivery);
    expect(text(delivery, payment({ events: events.toReversed() }), gateway)).toBe(one);
    expect(one).toMatch(/^\{\n {2}"format": 1,\n/);
  });

  it('gives back what was put in, as far as the rules look at it', () => {
    const all = [payment({ events: [paid({ id: z.number() })] }), order, gateway];
    const back = parsedLock(text(...all), 'contracts.lock');
    expect(contractChanges(back, all, [])).toEqual([]);
    expect(text(...all)).toBe(lockText(back));
  });

  it('of a service with all kinds of fields finds no change where there is none', () => {
    const contract = serviceContract(bakery);
    const back = parsedLock(text(contract), 'contracts.lock');
    expect(contractChanges(back, [serviceContract(bakery)], [])).toEqual([]);
    expect(text(serviceContract(bakery))).toBe(text(contract));
  });

  it('leaves out words for people, and keeps fields that have such names', () => {
    const fields = { id: z.number().describe('a word'), description: z.string(), title: z.string() };
    const lock = text(payment({ events: [paid(fields)], schemas: { Payment: z.object(fields) } }));
    expect(lock).not.toContain('a word');
    expect(lock.match(/"description": \{/g)).toHaveLength(2);
    expect(lock.match(/"title": \{/g)).toHaveLength(2);
  });

  it('shows a change of one field as a change of few lines', () => {
    const lines = (fields: z.ZodRawShape) => text(payment({ events: [paid(fields)] }), order).split('\n');
    const before = lines({ id: z.number(), status: z.enum(['a', 'b']) });
    const after = lines({ id: z.number(), status: z.enum(['a', 'b', 'c']) });
    expect(after).toHaveLength(before.length);
    expect(after.filter((line, place) => line !== before[place])).toHaveLength(1);
  });
});

it('docs/reference/contract-rules.md lists each rule with its kind, and none that is not there', () => {
  const page = readFileSync(
    join(import.meta.dirname, '../../../../docs/reference/contract-rules.md'),
    'utf8',
  );
  const rows = [...page.matchAll(/^\| `([\w-]+)` +\| (\w+) +\| (.+?) +\| (.+?) +\|$/gm)];
  expect(Object.fromEntries(rows.map(([, rule, kind]) => [rule, kind]))).toEqual(CHANGE_RULES);
});
