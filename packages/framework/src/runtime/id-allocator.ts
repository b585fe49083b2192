import type { Store } from '../store/store.js';
import type { TableDefinition } from '../store/table-definition.js';

/** How many ids are reserved at once. A crash leaves a gap of one and a half times as many at the most. */
const BLOCK = 32;

interface Reserve {
  /** What ids are taken from, first block first. */
  readonly blocks: { next: number; readonly last: number }[];
  /** The reservation under way, shared by all who ran out at the same time. */
  refill: Promise<void> | undefined;
}

/** Gives ids before the commit, from blocks that were reserved in the database. No id is given twice. */
export class IdAllocator {
  readonly #reserves = new Map<TableDefinition, Reserve>();

  constructor(private readonly store: Store) {}

  async next(table: TableDefinition): Promise<number> {
    const reserve = this.#reserveOf(table);
    // the next block is fetched while half of the last is left, so that nobody waits for it
    if (left(reserve) <= BLOCK / 2) void this.#refill(table, reserve).catch(() => {});
    while (left(reserve) === 0) await this.#refill(table, reserve);
    const [block] = reserve.blocks;
    const id = block!.next++;
    if (block!.next > block!.last) reserve.blocks.shift();
    return id;
  }

  /** Gives back what was not used, so that the next start goes on without a gap. Call it when nothing asks any more. */
  async release(): Promise<void> {
    for (const [table, { blocks, refill }] of this.#reserves) {
      await refill?.catch(() => {});
      // the newest first: only the end of what was reserved last can be given back
      for (const { next, last } of blocks.toReversed())
        await this.store.releaseIds(table, { first: next, last });
    }
    this.#reserves.clear();
  }

  #reserveOf(table: TableDefinition): Reserve {
    let reserve = this.#reserves.get(table);
    if (!reserve) this.#reserves.set(table, (reserve = { blocks: [], refill: undefined }));
    return reserve;
  }

  #refill(table: TableDefinition, reserve: Reserve): Promise<void> {
    reserve.refill ??= this.#reserveBlock(table, reserve).finally(() => (reserve.refill = undefined));
    return reserve.refill;
  }

  async #reserveBlock(table: TableDefinition, { blocks }: Reserve): Promise<void> {
    const { first, last } = await this.store.reserveIds(table, BLOCK);
    blocks.push({ next: first, last });
  }
}

function left({ blocks }: Reserve): number {
  return blocks.reduce((sum, { next, last }) => sum + last - next + 1, 0);
}
