import type { Death, DeathAnywhere } from './protocol.ts';

/** Which services share a process. */
export const PROCESSES = [['order'], ['payment'], ['delivery', 'ordertrace', 'message']] as const;

/** How one round goes. */
export interface Round {
  /** The process that dies. */
  readonly process: number;
  /** Where; or in how many milliseconds it is killed from outside. */
  readonly death: Death | DeathAnywhere | number;
  /** Where its successor dies while it starts, in some rounds. */
  readonly atStart?: Death;
}

const POINTS: readonly [engine: Death['engine'], point: string][] = [
  ['store', 'commit'],
  ['store', 'commit'],
  ['store', 'outbox.remove'],
  ['broker', 'publish'],
  ['broker', 'publish'],
  ['broker', 'subscription.commit'],
  ['broker', 'receiver.received'],
];

/** Points that every start goes through. */
const START_POINTS: readonly [engine: Death['engine'], point: string][] = [
  ['store', 'ensureTables'],
  ['store', 'leases.acquire'],
  ['broker', 'ensureTopic'],
  ['broker', 'subscribe'],
];

/** What happens in each round: all of it follows from the source of random numbers. */
export function randomRounds(count: number, random: () => number): Round[] {
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const side = (): Death['side'] => (random() < 0.5 ? 'before' : 'after');
  const deathAt = (service: string, [engine, point]: (typeof POINTS)[number], nth: number): Death => ({
    service,
    engine,
    side: side(),
    point,
    nth,
  });
  return Array.from({ length: count }, () => {
    const process = below(PROCESSES.length);
    const service = pick(PROCESSES[process]!);
    const kind = random();
    const death =
      kind < 0.2
        ? below(80)
        : kind < 0.4
          ? { service, anywhere: { seed: below(2 ** 31), probability: 0.05 } }
          : deathAt(service, pick(POINTS), 1 + below(3));
    const atStart = random() < 0.12 ? deathAt(service, pick(START_POINTS), 1) : undefined;
    return { process, death, ...(atStart && { atStart }) };
  });
}
