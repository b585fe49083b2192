import { describe, expect, it } from 'vitest';
import { DomainError } from '../../src/kernel/errors/model-errors.js';
import { startTestService } from '../../src/testing/service-harness.js';
import {
  Approved1,
  Approved2,
  ApprovedBoth,
  Balance,
  Entry,
  books,
  duty,
  resetApprovals,
} from '../fixtures/approvals.js';

resetApprovals();

describe('a service that is stopped, and started again with version 2 of an event', () => {
  it('handles what was parked under version 1 when a person redrives it, in order and once', async () => {
    duty.note = () => {
      throw new DomainError('closed');
    };
    await using before = await startTestService(books(Approved1));
    await before.given(
      new Approved1({ id: 1, amount: 100 }),
      new ApprovedBoth({ id: 1, amount: 150, currency: 'EUR' }),
      new ApprovedBoth({ id: 2, amount: 200, currency: 'EUR' }),
    );
    const waiting = await before.request<{ total: number }>('GET', '/actuator/parked');
    expect(waiting.body.total).toBe(2);
    await before.stop();

    duty.note = () => {};
    await using after = await startTestService(books(Approved2), { folder: before.folder });
    // what comes now waits behind, in the version that it has
    await after.given(new ApprovedBoth({ id: 1, amount: 175, currency: 'EUR' }));
    expect(await after.stored(Entry)).toEqual([]);
    const redrive = await after.request('POST', '/actuator/parked/redrive');
    expect(redrive.body).toMatchObject({ done: 4, remaining: 0, failures: [] });
    const texts = (await after.stored(Entry)).map(({ text }) => text);
    // keys have no order among each other
    expect(texts.filter((text) => text.startsWith('1'))).toEqual(['1: 100 KRW', '1: 150 KRW', '1: 175 EUR']);
    expect(texts.filter((text) => text.startsWith('2'))).toEqual(['2: 200 KRW']);
    // its view took the first as they came, and goes on
    expect((await after.stored(Balance)).map(({ text }) => text)).toEqual([
      '[1: 100 -][1: 150 -][1: 175 EUR]',
      '[2: 200 -]',
    ]);
  });
});
