import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import type { CrashLab } from './crash-lab.ts';
import { events } from './events.ts';
import { settled } from './settled.ts';

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

/** A broker may take its time to see that a member of a group is dead. */
const PATIENCE_MS = 45_000;

type Books = Record<string, number[]>;

/** What was sold, by account, in the order of the commits (sales of one account wait for each other). */
export async function sold({ engines }: CrashLab): Promise<Books> {
  const books: Books = {};
  for (const { account, id } of await engines.rows('till', 'SELECT account, id FROM sales ORDER BY id'))
    (books[account] ??= []).push(id);
  return books;
}

/** What a handler of the ledger has written down, by account, in the order in which it did. */
export async function written({ engines }: CrashLab, table: 'accounts' | 'statements'): Promise<Books> {
  const rows = await engines.rows('ledger', `SELECT account, sales FROM ${table} ORDER BY account`);
  // some drivers have parsed it already
  const listOf = (sales: unknown) => (typeof sales === 'string' ? JSON.parse(sales) : sales);
  return Object.fromEntries(rows.map(({ account, sales }) => [account, listOf(sales)]));
}

/** Waits until all that was sold is booked, published and handled. */
export function booked(lab: CrashLab): Promise<void> {
  return settled(lab, ['till', 'ledger'], PATIENCE_MS);
}

/** Whether the handlers have written down what was sold. */
async function agree(lab: CrashLab): Promise<boolean> {
  const [books, accounts, statements] = await Promise.all([
    sold(lab),
    written(lab, 'accounts'),
    written(lab, 'statements'),
  ]);
  return isDeepStrictEqual(accounts, books) && isDeepStrictEqual(statements, books);
}

/** Each sale took effect exactly once in each handler, in the order of its account, and nothing is half done. */
export async function auditBooks(lab: CrashLab): Promise<void> {
  await booked(lab);
  // a server may commit what a killed process had sent it a moment after all seemed quiet; what is lost or double stays so
  for (let tries = 0; tries < 100 && !(await agree(lab)); tries++) await sleep(200);
  await booked(lab);
  const books = await sold(lab);
  expect(await written(lab, 'accounts'), 'what the policy has booked').toEqual(books);
  expect(await written(lab, 'statements'), 'what the view shows').toEqual(books);
  const receipts = await lab.engines.rows('ledger', 'SELECT sale FROM receipts ORDER BY sale');
  expect(
    receipts.map(({ sale }) => sale as number),
    'what the strict policy has written',
  ).toEqual(
    Object.values(books)
      .flat()
      .toSorted((a, b) => a - b),
  );
  const published = (await events(lab.engines)).filter(({ eventType }) => /^(Sold|Booked)$/.test(eventType));
  for (const [account, ids] of Object.entries(books)) {
    const idsOf = (type: string) =>
      published
        .filter(({ key, eventType }) => key === account && eventType === type)
        .map((e) => e.fields['id']);
    expect(idsOf('Sold'), `the sales of ${account} in the log`).toEqual(ids);
    expect(idsOf('Booked'), `the bookings of ${account} in the log`).toEqual(ids);
  }
  expect(published).toHaveLength(2 * Object.values(books).flat().length);
  expect(await lab.engines.count('ledger', 'skanu_parked'), 'records that are parked').toBe(0);
}
