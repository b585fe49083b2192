import type { ParkedKey, ParkingLot } from '../../store/parking-lot.js';
import { laneOf } from './delivery.js';

/** The most parked keys that are remembered; one that is not is found out at the commit. */
const MAX_REMEMBERED = 10_000;
const PAGE = 1_000;

/** Remembers which keys are parked, so that records of theirs are put behind without an attempt: a handler must not run ahead of what waits. */
export class ParkedKeys {
  readonly #lanes = new Set<string>();
  /** Whether a key that is not in the set is free. */
  #knowsAll = false;

  constructor(private readonly parking: ParkingLot) {}

  /** Looks which keys are parked, and gives those that wait for nobody but their turn. Rejects with what the store says; each record asks for itself then. */
  async look(): Promise<ParkedKey[]> {
    const aside: ParkedKey[] = [];
    this.#knowsAll = false;
    let seen = 0;
    let page: ParkedKey[];
    do {
      page = await this.parking.keys(seen === 0 ? 0 : page!.at(-1)!.position, PAGE);
      seen += page.length;
      for (const parked of page) {
        if (parked.key === null) continue;
        this.#lanes.add(laneOf(parked.handler, parked.key));
        if (parked.reason === null) aside.push(parked);
      }
    } while (page.length >= PAGE && seen < MAX_REMEMBERED);
    this.#knowsAll = page.length < PAGE;
    return aside;
  }

  /** Whether the key may be parked. False is certain. */
  mayHave(handler: string, key: string | null): boolean {
    return key !== null && (!this.#knowsAll || this.#lanes.has(laneOf(handler, key)));
  }

  parked(handler: string, key: string | null): void {
    if (key === null) return;
    if (this.#lanes.size < MAX_REMEMBERED) this.#lanes.add(laneOf(handler, key));
    else this.#knowsAll = false;
  }

  freed(handler: string, key: string): void {
    this.#lanes.delete(laneOf(handler, key));
  }
}
