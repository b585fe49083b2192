import { setTimeout as sleep } from 'node:timers/promises';
import type { Fleet } from './fleet.ts';

const TRY_MS = 2_000;

/**
 * Waits until an order goes all its way again: it is placed, and its trace says that the delivery started. Tells how long that took, in
 * milliseconds. Each one that was placed on the way is tried in turn: only the last one has to get through.
 */
export async function throughAgain(fleet: Fleet, withinMs: number): Promise<number> {
  const begin = performance.now();
  for (let last = ''; ; await sleep(20)) {
    if (performance.now() - begin > withinMs)
      throw new Error(`no order went all its way within ${withinMs} ms; last seen: ${last}`);
    const id = await place(fleet.url('order'));
    last = id === undefined ? 'no order is placed' : `order ${id} is placed`;
    if (id === undefined) continue;
    while (performance.now() - begin < withinMs) {
      const status = await statusOf(fleet.url('trace'), id);
      if (status === 'DeliveryStarted') return performance.now() - begin;
      last = `order ${id} is ${String(status)}`;
      await sleep(10);
    }
  }
}

async function place(url: string): Promise<number | undefined> {
  const answer = await ask(`${url}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ product: 'probe', qty: 1, cost: 1 }),
  });
  return answer?.['id'] as number | undefined;
}

async function statusOf(url: string, id: number): Promise<unknown> {
  return (await ask(`${url}/orderTraces/${id}`))?.['status'];
}

/** The answer, if it is one of success. */
async function ask(url: string, init: RequestInit = {}): Promise<Record<string, unknown> | undefined> {
  try {
    const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(TRY_MS) });
    const body = (await answer.json()) as Record<string, unknown>;
    return answer.ok ? body : undefined;
  } catch {
    return undefined;
  }
}
