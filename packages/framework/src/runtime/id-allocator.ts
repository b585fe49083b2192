import type { IdBlock, Store } from '../store/store.js';
import type { TableDefinition } from '../store/table-definition.js';

/** How many ids are reserved at once, and so the largest gap that a crash leaves. */
const BLOCK = 32;

interface Reserve {
  next: number;
  last: number;
  /** The reservation under way, shared by all who ran out at the same time. */
  refill: Promise<void> | undefined;
}

/** Gives ids before the commit, from blocks that were reserved in the database. No id is given twice. */
export class IdAllocator {
  readonly #reserves = new Map<TableDefinition, Reserve>();

  constructor(private readonly store: Store) {}

  async next(table: TableDefinition): Promise<number> {
    const reserve = this.#reserveOf(table);
    while (reserve.next > reserve.last) {
      reserve.refill ??= this.#refill(table, reserve).finally(() => (reserve.refill = undefined));
      await reserve.refill;
    }
    return reserve.next++;
  }

  /** Gives back what was not used, so that the next start goes on without a gap. Call it when nothing asks any more. */
  async release(): Promise<void> {
    for (const [table, { next, last }] of this.#reserves) {
      if (next <= last) await this.store.releaseIds(table, { first: next, last });
    }
    this.#reserves.clear();
  }

  #reserveOf(table: TableDefinition): Reserve {
    let reserve = this.#reserves.get(table);
    if (!reserve) this.#reserves.set(table, (reserve = { next: 1, last: 0, refill: undefined }));
    return reserve;
  }

  async #refill(table: TableDefinition, reserve: Reserve): Promise<void> {
    const block: IdBlock = await this.store.reserveIds(table, BLOCK);
    reserve.next = block.first;
    reserve.last = block.last;
  }
}
