import { until } from '../cafe/until.ts';
import type { Engines } from '../engines/engines.ts';

/**
 * Waits until nothing is on its way: no event of these services waits to be published, none to be handled by anybody, and no call of
 * another service to be kept or undone.
 * Keys that wait for a person do not count.
 */
export async function settled(
  { engines }: { readonly engines: Engines },
  services: readonly string[],
  withinMs = 15_000,
): Promise<void> {
  const rest = async () => {
    const begin = await engines.log.size();
    let waiting = await engines.log.lag();
    // in the order in which an event goes on: what has left one place is in the next one, or was counted
    for (const name of services) waiting += await engines.count(name, 'skanu_calls');
    for (const name of services) waiting += await engines.aside(name);
    for (const name of services) waiting += await engines.count(name, 'skanu_outbox');
    return waiting + (await engines.log.size()) - begin;
  };
  await until(rest, (left) => left === 0, withinMs);
}
