import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../cafe/until.ts';
import { sell, written } from './books.ts';
import type { CrashLab } from './crash-lab.ts';

export const ACCOUNTS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
/** Enough for partitions to be busy, and for the machine not to be. */
const BETWEEN_SALES_MS = 50;
/** A broker takes its time to see that a member of a group is dead. */
const PATIENCE_MS = 45_000;

/** Sells on all accounts while something else goes on (on each one sale after the other), and a while longer. */
export async function whileSelling(lab: CrashLab, work: () => Promise<void>): Promise<void> {
  const handled = async () => Object.values(await written(lab, 'accounts')).flat().length;
  const end = new AbortController();
  // all are waited for at the end: one that fails before must not be a rejection that nobody hears
  const selling = Promise.allSettled(
    ACCOUNTS.map(async (account) => {
      for (; !end.signal.aborted; await pause(BETWEEN_SALES_MS)) await sell(lab, account);
    }),
  );
  try {
    const begin = await handled();
    await until(handled, (now) => now > begin, PATIENCE_MS);
    await work();
    const before = await handled();
    await until(handled, (now) => now > before + ACCOUNTS.length, PATIENCE_MS);
  } finally {
    end.abort();
    await selling;
  }
  for (const one of await selling) if (one.status === 'rejected') throw one.reason;
}
