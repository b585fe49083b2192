import { sql } from 'kysely';
import type { TableDefinition } from '../table-definition.js';
import {
  nextTableName,
  oldTableName,
  type ViewGeneration,
  type ViewGenerations,
} from '../view-generations.js';
import type { InboxMark } from '../write-plan.js';
import { identityText } from './identity-text.js';
import { Prepared } from './prepared.js';
import type { SchemaChanges } from './schema-changes.js';
import type { SqlDatabase } from './sql-database.js';
import type { SqlDialect } from './sql-dialect.js';
import type { SqlTransaction, Statement } from './sql-driver.js';
import { type SwapUnderWay, type ViewRow, ViewRows } from './view-rows.js';

/**
 * The generations of views, in a table. Where an engine commits with each change of a table, the steps are in an order in which a crash between
 * any two of them is mended by the next call.
 */
export class SqlViews implements ViewGenerations {
  readonly #rows: ViewRows;
  readonly #forgetIds: Prepared<'table'>;
  readonly #dropParked: Prepared<'handler'>;

  constructor(
    private readonly database: SqlDatabase,
    private readonly dialect: SqlDialect,
    private readonly changes: SchemaChanges,
  ) {
    this.#rows = new ViewRows(dialect);
    this.#forgetIds = new Prepared(
      dialect,
      (slot) => sql`DELETE FROM skanu_ids WHERE table_name = ${slot('table')}`,
    );
    this.#dropParked = new Prepared(
      dialect,
      (slot) => sql`DELETE FROM skanu_parked WHERE handler = ${slot('handler')}`,
    );
  }

  /** Plans that write to a view share it; whoever holds or swaps it has it alone. */
  lock(view: string, mode: 'shared' | 'exclusive'): Statement {
    return this.dialect.locks.lock(JSON.stringify(['view', view]), mode);
  }

  /** Fails with a `StatementFailure` unless plans of the generation may write now; to be asked under the lock. */
  takesWrites(view: NonNullable<InboxMark['view']>): Statement {
    return this.#rows.takesWrites(view);
  }

  async current(view: string): Promise<ViewGeneration> {
    const read = this.#rows.read.bind({ view: identityText(view) });
    const known = this.#rows.rowOf(await this.database.query('reading a view', read));
    if (known && !known.swap) return { live: known.live, next: known.next, held: known.held };
    if (known) await this.#alone('finishing a swap', view, async () => {});
    else await this.database.query('registering a view', this.#rows.register(view));
    return this.current(view);
  }

  async beginRebuild(
    view: string,
    table: TableDefinition,
  ): Promise<{ readonly generation: number; readonly table: TableDefinition }> {
    const next = { ...table, name: nextTableName(table.name) };
    const { ddl } = this.dialect;
    await this.database.query('registering a view', this.#rows.register(view));
    return this.#alone('beginning a rebuild', view, async (transaction, { newest }) => {
      const generation = newest + 1;
      await transaction.run([this.#rows.begin(view, generation)]);
      await this.#drop(transaction, next.name);
      await transaction.run(
        [ddl.createTable(next), ...next.indexes.map((index) => ddl.createIndex(next, index))].map(plain),
      );
      await transaction.run([this.#rows.made(view, generation)]);
      return { generation, table: next };
    });
  }

  /** The lock waits for the plans that are under way; those that come later see what is written here. */
  async hold(view: string, generation: number): Promise<boolean> {
    const statements = [this.lock(view, 'exclusive'), this.#rows.hold(view, generation)];
    const [, held] = await this.database.transaction('holding a view', (transaction) =>
      transaction.run(statements, 'last'),
    );
    return held!.affected === 1;
  }

  async swap(
    view: string,
    generation: number,
    table: TableDefinition,
    handlers: readonly string[],
  ): Promise<boolean> {
    const swap = { table: table.name, handlers };
    let hasBegun = false;
    return this.#alone('swapping a view', view, async (transaction, row) => {
      const finished = row.swap ? row.next : row.live;
      // an attempt before this one gave way to those who read the table; what it had begun was finished just now, or by another process
      if (hasBegun && finished === generation) return true;
      const [begun] = await transaction.run([this.#rows.beginSwap(view, generation, swap)]);
      if (begun!.affected === 0) return false;
      hasBegun = true;
      await this.#finish(transaction, view, swap);
      return true;
    });
  }

  async abandon(view: string, generation: number, table: TableDefinition): Promise<void> {
    await this.#alone('abandoning a rebuild', view, async (transaction, { next }) => {
      const [abandoned] = await transaction.run([this.#rows.abandon(view, generation)]);
      // without any rebuild the table is what an earlier attempt has left behind
      if (abandoned!.affected === 1 || next === undefined)
        await this.#drop(transaction, nextTableName(table.name));
    });
  }

  async dropOld(table: TableDefinition): Promise<void> {
    await this.changes.carryOut(this.database, 'dropping an old view', (transaction) =>
      this.#drop(transaction, oldTableName(table.name)),
    );
  }

  /** Runs `work` while nobody else changes tables or writes to the view, with its row; a swap that was interrupted is finished before. */
  #alone<T>(
    doing: string,
    view: string,
    work: (transaction: SqlTransaction, row: ViewRow) => Promise<T>,
  ): Promise<T> {
    const read = this.#rows.read.bind({ view: identityText(view) });
    return this.changes.carryOut(this.database, doing, async (transaction) => {
      const [, found] = await transaction.run([this.lock(view, 'exclusive'), read]);
      const row = this.#rows.rowOf(found!) ?? {
        live: 1,
        next: undefined,
        newest: 1,
        held: false,
        swap: undefined,
      };
      if (row.swap) await this.#finish(transaction, view, row.swap);
      return work(transaction, row);
    });
  }

  async #finish(transaction: SqlTransaction, view: string, { table, handlers }: SwapUnderWay): Promise<void> {
    const [next, old] = [nextTableName(table), oldTableName(table)];
    const there = await this.dialect.existingTables(transaction, [next, table]);
    // without it the tables have their names already
    if (there.has(next)) {
      await this.#drop(transaction, old);
      const renames = [
        { from: table, to: old },
        { from: next, to: table },
      ].filter(({ from }) => there.has(from));
      await transaction.run(this.dialect.ddl.renameTables(renames).map(plain));
    }
    // the end of the swap comes last: until then it is done again
    await transaction.run([
      ...handlers.map((handler) => this.#dropParked.bind({ handler: identityText(handler) })),
      this.#rows.endSwap(view),
    ]);
  }

  async #drop(transaction: SqlTransaction, table: string): Promise<void> {
    await transaction.run([
      plain(this.dialect.ddl.dropTable(table)),
      this.#forgetIds.bind({ table: identityText(table) }),
    ]);
  }
}

function plain(text: string): Statement {
  return { sql: text, parameters: [] };
}
