import { describe, expect, it } from 'vitest';
import { serviceContract } from '../../src/contracts/contract-of.js';
import { Approved1, Approved2, ApprovedBoth, books, counter } from '../fixtures/approvals.js';

describe('the contract of a service', () => {
  it('promises an event in each version in which it is published, from the oldest, each with its own fields', () => {
    const { publishes } = serviceContract(counter(ApprovedBoth));
    const shown = publishes.map(({ schema, ...rest }) => ({
      ...rest,
      fields: Object.keys(schema['properties'] as object),
    }));
    const shared = { eventType: 'Approved', topic: 'events', key: ['id'] };
    expect(shown).toEqual([
      { ...shared, version: 1, fields: ['id', 'amount'] },
      { ...shared, version: 2, fields: ['id', 'amount', 'currency'] },
    ]);
  });

  it('says which versions of an event it reads', () => {
    const reads = (event: typeof Approved1 | typeof Approved2) =>
      serviceContract(books(event)).reads.map(({ eventType, version, upcasts }) => ({
        eventType,
        version,
        upcasts,
      }));
    expect(reads(Approved1)).toEqual([{ eventType: 'Approved', version: 1, upcasts: [] }]);
    expect(reads(Approved2)).toEqual([{ eventType: 'Approved', version: 2, upcasts: [1] }]);
  });
});
