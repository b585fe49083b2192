import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { CrashLab } from '../crash/crash-lab.ts';

/** How one customer fared. */
export interface Fared {
  readonly status: number;
  /** Of the order that was placed. */
  readonly id: number | undefined;
  readonly code: string | undefined;
  readonly ms: number;
}

/** Order waits for payment for 1.3 s. The rest is for a busy machine. */
const LONGEST_ANSWER_MS = 4_000;
const PATIENCE_MS = 20_000;

/** Places one order. */
export async function placeOne(lab: CrashLab): Promise<Fared> {
  const begin = performance.now();
  const answer = await fetch(`${lab.url('order')}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ product: 'coffee', qty: 1, cost: 1000 }),
  });
  const { id, code } = (await answer.json()) as { id?: number; code?: string };
  return { status: answer.status, id: answer.ok ? id : undefined, code, ms: performance.now() - begin };
}

/** Places orders, all at once. */
export function placeMany(lab: CrashLab, count: number): Promise<Fared[]> {
  return Promise.all(Array.from({ length: count }, () => placeOne(lab)));
}

/** Each customer got an order, or was told that payment cannot, in time. */
export function allAnswered(answers: readonly Fared[]): void {
  for (const { status, code, ms } of answers) {
    expect([201, 502, 503], `${status} ${code}`).toContain(status);
    expect(ms, 'for an answer').toBeLessThan(LONGEST_ANSWER_MS);
  }
}

/** Waits until an order is placed; tells how long that took, in milliseconds. */
export async function workingAgain(lab: CrashLab): Promise<number> {
  const begin = performance.now();
  for (;;) {
    const { status, code } = await placeOne(lab);
    if (status === 201) return performance.now() - begin;
    if (performance.now() - begin > PATIENCE_MS) throw new Error(`still ${status} ${code}`);
    await sleep(50);
  }
}
