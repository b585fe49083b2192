import type { CrashLab } from './crash-lab.ts';
import { events } from './events.ts';
import { settled } from './settled.ts';

/** A broker may take its time to see that a member of a group is dead. */
const PATIENCE_MS = 45_000;

/**
 * Places an order; tells its id. Rejects with the `TypeError` of fetch when order died over it.
 * @param refused called when payment was slower than order waits, as on a busy machine; then it tries again
 */
export async function place(lab: CrashLab, refused?: () => void): Promise<number> {
  const answer = await fetch(`${lab.url('order')}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ product: 'coffee', qty: 1, cost: 1000 }),
  });
  if (answer.status === 503 && refused) {
    await answer.text();
    refused();
    return place(lab, refused);
  }
  if (answer.status !== 201) throw new Error(`order answers ${answer.status}: ${await answer.text()}`);
  return ((await answer.json()) as { id: number }).id;
}

export interface Shop {
  readonly orders: readonly number[];
  /** The orders of the payments that are not cancelled. */
  readonly paid: readonly number[];
  /** The orders of the events `OrderPlaced`. */
  readonly placed: readonly number[];
}

/** What order, payment and the log have, by order id, when nothing is on its way any more. */
export async function shopOf(lab: CrashLab): Promise<Shop> {
  await settled(lab, ['order', 'payment'], PATIENCE_MS);
  return {
    orders: await ordersOf(lab),
    paid: await paidOf(lab),
    placed: sorted(
      (await events(lab.engines))
        .filter(({ eventType }) => eventType === 'OrderPlaced')
        .map(({ fields }) => fields['id'] as number),
    ),
  };
}

export function ordersOf(lab: CrashLab): Promise<number[]> {
  return ids(lab, 'order', 'SELECT id FROM orders');
}

export function paidOf(lab: CrashLab): Promise<number[]> {
  return ids(lab, 'payment', `SELECT "orderId" AS id FROM payments WHERE status = 'PaymentApproved'`);
}

async function ids(lab: CrashLab, service: string, sql: string): Promise<number[]> {
  return sorted((await lab.engines.rows(service, sql)).map(({ id }) => id as number));
}

function sorted(all: readonly number[]): number[] {
  return all.toSorted((a, b) => a - b);
}
