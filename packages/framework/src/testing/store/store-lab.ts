import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '../../store/store.js';
import type { TableDefinition } from '../../store/table-definition.js';
import type { StoreDatabase, StoreHarness } from './store-harness.js';

const LOOK_EVERY_MS = 5;

/** The bench of one case: a database, the stores on it, and an end that leaves nothing behind. */
export class StoreLab {
  readonly #stores: Store[] = [];

  static async on(harness: StoreHarness): Promise<StoreLab> {
    return new StoreLab(await harness.database(), harness.patienceMs);
  }

  private constructor(
    readonly database: StoreDatabase,
    private readonly patienceMs: number,
  ) {}

  /** Another store on the database, open, with those tables. */
  async store(...tables: readonly TableDefinition[]): Promise<Store> {
    const store = this.unopened();
    await store.open();
    await store.ensureTables(tables);
    return store;
  }

  /** Several at once, see {@link store}. */
  async stores(count: number, ...tables: readonly TableDefinition[]): Promise<Store[]> {
    const stores: Store[] = [];
    while (stores.length < count) stores.push(await this.store(...tables));
    return stores;
  }

  /** Another store on the database, before `open`. */
  unopened(limits?: Parameters<StoreDatabase['store']>[0]): Store {
    const store = this.database.store(limits);
    this.#stores.push(store);
    return store;
  }

  /** Asks again and again until there is an answer; fails with `what` when there is none in time. */
  async until<T>(what: string, ask: () => Promise<T | false | undefined>): Promise<T> {
    const deadline = Date.now() + this.patienceMs;
    for (;;) {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      assert.ok(Date.now() < deadline, `waited ${this.patienceMs} ms in vain until ${what}`);
      await sleep(LOOK_EVERY_MS);
    }
  }

  async end(): Promise<void> {
    try {
      await Promise.all(this.#stores.map((store) => store.close()));
    } finally {
      await this.database.dispose();
    }
  }
}
