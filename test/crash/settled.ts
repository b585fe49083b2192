import { until } from '../cafe/until.ts';
import type { Engines } from '../engines/engines.ts';

/** Waits until nothing is on its way: no event of these services waits to be published, none to be handled by anybody. */
export async function settled(
  { engines }: { readonly engines: Engines },
  services: readonly string[],
  withinMs = 15_000,
): Promise<void> {
  const rest = async () => {
    const begin = await engines.log.size();
    let waiting = await engines.log.lag();
    for (const name of services) waiting += await engines.count(name, 'skanu_outbox');
    return waiting + (await engines.log.size()) - begin;
  };
  await until(rest, (left) => left === 0, withinMs);
}
