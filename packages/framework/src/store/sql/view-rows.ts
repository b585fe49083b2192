import { sql } from 'kysely';
import type { ViewGeneration } from '../view-generations.js';
import type { InboxMark } from '../write-plan.js';
import { identityText } from './identity-text.js';
import { Prepared } from './prepared.js';
import type { SqlDialect } from './sql-dialect.js';
import type { Statement, StatementResult } from './sql-driver.js';

/** A swap that has begun: written down before the tables get other names, so that a crash in between can be mended. */
export interface SwapUnderWay {
  readonly table: string;
  readonly handlers: readonly string[];
}

/** What is written down of a view. `newest` is the highest number that a generation ever had, so that none is used twice. */
export interface ViewRow extends ViewGeneration {
  readonly newest: number;
  readonly swap: SwapUnderWay | undefined;
}

/** The statements on `skanu_views`. */
export class ViewRows {
  readonly read: Prepared<'view'>;
  readonly #register: Prepared<'view'>;
  readonly #begin: Prepared<'view' | 'generation'>;
  readonly #made: Prepared<'view' | 'generation'>;
  readonly #hold: Prepared<'view' | 'generation'>;
  readonly #abandon: Prepared<'view' | 'generation'>;
  readonly #beginSwap: Prepared<'view' | 'generation' | 'swap'>;
  readonly #endSwap: Prepared<'view'>;
  readonly #takesWrites: Prepared<'view' | 'generation'>;

  constructor(private readonly dialect: SqlDialect) {
    const update = (slot: (name: 'view') => unknown, set: string) =>
      sql`UPDATE skanu_views SET ${sql.raw(set)} WHERE name = ${slot('view')}`;
    this.read = new Prepared(
      dialect,
      (slot) =>
        sql`SELECT live, next, newest, CASE WHEN held THEN 1 ELSE 0 END AS held, swap FROM skanu_views WHERE name = ${slot('view')}`,
    );
    this.#register = new Prepared(dialect, (slot) =>
      dialect.expressions.insertOrIgnore(
        sql`skanu_views`,
        [sql`name`, sql`live`, sql`newest`, sql`held`],
        sql`VALUES (${slot('view')}, 1, 1, FALSE)`,
      ),
    );
    this.#begin = new Prepared(
      dialect,
      (slot) =>
        sql`UPDATE skanu_views SET next = NULL, held = FALSE, newest = ${slot('generation')} WHERE name = ${slot('view')}`,
    );
    this.#made = new Prepared(
      dialect,
      (slot) => sql`UPDATE skanu_views SET next = ${slot('generation')} WHERE name = ${slot('view')}`,
    );
    this.#hold = new Prepared(
      dialect,
      (slot) => sql`${update(slot, 'held = TRUE')} AND next = ${slot('generation')}`,
    );
    this.#abandon = new Prepared(
      dialect,
      (slot) => sql`${update(slot, 'next = NULL, held = FALSE')} AND next = ${slot('generation')}`,
    );
    this.#beginSwap = new Prepared(
      dialect,
      (slot) => sql`UPDATE skanu_views SET held = TRUE, swap = ${slot('swap')}
        WHERE name = ${slot('view')} AND next = ${slot('generation')}`,
    );
    this.#endSwap = new Prepared(
      dialect,
      (slot) =>
        sql`${update(slot, 'live = next, next = NULL, held = FALSE, swap = NULL')} AND swap IS NOT NULL`,
    );
    this.#takesWrites = new Prepared(
      dialect,
      (slot) => sql`SELECT 1 AS one FROM skanu_views WHERE name = ${slot('view')}
        AND ((live = ${slot('generation')} AND NOT held) OR (next = ${slot('generation')} AND swap IS NULL))`,
    );
  }

  register(view: string): Statement {
    return this.#register.bind({ view: identityText(view) });
  }

  /** A new generation: from now on nothing is written to an older one that was to be the next. */
  begin(view: string, generation: number): Statement {
    return this.#begin.bind({ view: identityText(view), generation });
  }

  /** Its table is there. */
  made(view: string, generation: number): Statement {
    return this.#made.bind({ view: identityText(view), generation });
  }

  /** Affects a row when the generation is the next one. So do `abandon` and `beginSwap`. */
  hold(view: string, generation: number): Statement {
    return this.#hold.bind({ view: identityText(view), generation });
  }

  abandon(view: string, generation: number): Statement {
    return this.#abandon.bind({ view: identityText(view), generation });
  }

  beginSwap(view: string, generation: number, swap: SwapUnderWay): Statement {
    return this.#beginSwap.bind({ view: identityText(view), generation, swap: JSON.stringify(swap) });
  }

  endSwap(view: string): Statement {
    return this.#endSwap.bind({ view: identityText(view) });
  }

  /** Fails with a `StatementFailure` unless plans of the generation may write now. */
  takesWrites({ name, generation }: NonNullable<InboxMark['view']>): Statement {
    return this.#takesWrites.bind({ view: identityText(name), generation }, 1);
  }

  /** The row of {@link read}; undefined when nobody knows the view. */
  rowOf({ rows: [row] }: StatementResult): ViewRow | undefined {
    if (!row) return undefined;
    const { toNumber } = this.dialect.values;
    const swap: SwapUnderWay | undefined =
      row['swap'] === null ? undefined : JSON.parse(row['swap'] as string);
    return {
      live: toNumber(row['live']),
      next: row['next'] === null ? undefined : toNumber(row['next']),
      newest: toNumber(row['newest']),
      held: toNumber(row['held']) === 1,
      swap,
    };
  }
}
