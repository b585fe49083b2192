import { expect } from 'vitest';
import { until } from '../cafe/until.ts';
import type { CrashLab } from './crash-lab.ts';
import { count, events, lag, look } from './look.ts';

/** Sells; tells the sale's id, or undefined when the till died over it. */
export async function sell(lab: CrashLab, account: string, amount = 1): Promise<number | undefined> {
  try {
    const answer = await fetch(`${lab.url('till')}/sales`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ account, amount }),
    });
    if (answer.status !== 201) throw new Error(`the till answers ${answer.status}: ${await answer.text()}`);
    return ((await answer.json()) as { id: number }).id;
  } catch (error) {
    // what fetch says of a connection that broke
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

type Books = Record<string, number[]>;

/** What was sold, by account, in the order of the commits (sales of one account wait for each other). */
export function sold(lab: CrashLab): Books {
  const books: Books = {};
  for (const { account, id } of look(lab, 'till', 'SELECT account, id FROM sales ORDER BY id'))
    (books[account] ??= []).push(id);
  return books;
}

/** What a handler of the ledger has written down, by account, in the order in which it did. */
export function written(lab: CrashLab, table: 'accounts' | 'statements'): Books {
  const rows = look(lab, 'ledger', `SELECT account, sales FROM ${table} ORDER BY account`);
  return Object.fromEntries(rows.map(({ account, sales }) => [account, JSON.parse(sales)]));
}

/** Waits until nothing is on its way: no event waits to be published, none to be handled. */
export async function settled(lab: CrashLab, ...services: string[]): Promise<void> {
  const rest = () => {
    const begin = count(lab, 'events', 'records');
    const waiting = lag(lab) + services.reduce((sum, name) => sum + count(lab, name, 'skanu_outbox'), 0);
    return waiting + count(lab, 'events', 'records') - begin;
  };
  await until(rest, (left) => left === 0, 15_000);
}

/** Each sale took effect exactly once in each handler, in the order of its account, and nothing is half done. */
export async function auditBooks(lab: CrashLab): Promise<void> {
  await settled(lab, 'till', 'ledger');
  const books = sold(lab);
  expect(written(lab, 'accounts'), 'what the policy has booked').toEqual(books);
  expect(written(lab, 'statements'), 'what the view shows').toEqual(books);
  const receipts = look(lab, 'ledger', 'SELECT sale FROM receipts ORDER BY sale').map(
    ({ sale }) => sale as number,
  );
  expect(receipts, 'what the strict policy has written').toEqual(
    Object.values(books)
      .flat()
      .toSorted((a, b) => a - b),
  );
  const published = events(lab);
  for (const [account, ids] of Object.entries(books)) {
    const idsOf = (type: string) =>
      published
        .filter(({ key, eventType }) => key === account && eventType === type)
        .map((e) => e.fields['id']);
    expect(idsOf('Sold'), `the sales of ${account} in the log`).toEqual(ids);
    expect(idsOf('Booked'), `the bookings of ${account} in the log`).toEqual(ids);
  }
  expect(published).toHaveLength(2 * Object.values(books).flat().length);
  expect(count(lab, 'ledger', 'skanu_parked'), 'records that are parked').toBe(0);
}
