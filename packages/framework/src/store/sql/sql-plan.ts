import { CallAbandonedError } from '../../kernel/errors/remote-errors.js';
import {
  CommitTimeoutError,
  ConnectionLostError,
  StatementTimeoutError,
  StoreFailedError,
  UniqueViolationError,
  UnstorableValueError,
  VersionConflictError,
} from '../../kernel/errors/store-errors.js';
import { assertStorableEvent, assertStorableRequest } from '../storable.js';
import {
  type Change,
  type CommitOutcome,
  type InboxMark,
  type WritePlan,
  versionAfter,
} from '../write-plan.js';
import { inOrder, type SqlCallIntents } from './sql-call-intents.js';
import type { SqlCommits } from './sql-commits.js';
import type { SqlDatabase } from './sql-database.js';
import type { SqlTransaction, Statement, TransactionOptions } from './sql-driver.js';
import type { SqlInbox } from './sql-inbox.js';
import type { SqlOutbox } from './sql-outbox.js';
import type { SqlRequestRecords } from './sql-request-records.js';
import type { SqlSchema } from './sql-schema.js';
import type { SqlTables } from './sql-table.js';
import type { SqlViews } from './sql-views.js';
import { StatementFailure } from './statement-failure.js';

/** A statement of a plan, and what it is for. */
interface Step {
  readonly statement: Statement;
  readonly purpose: 'own row' | 'view' | 'mark' | 'plan id' | 'request' | 'call' | Change;
}

/** A step failed; what that means is found out when the transaction is over. */
class StepFailure extends Error {
  constructor(
    readonly purpose: Step['purpose'],
    override readonly cause: StatementFailure,
  ) {
    super('a step of a plan failed', { cause });
  }
}

/** The parts of a store that a plan writes to. */
export interface PlanParts {
  readonly database: SqlDatabase;
  readonly tables: SqlTables;
  readonly schema: SqlSchema;
  readonly inbox: SqlInbox;
  readonly outbox: SqlOutbox;
  readonly commits: SqlCommits;
  readonly views: SqlViews;
  readonly intents: SqlCallIntents;
  readonly requests: SqlRequestRecords;
}

/**
 * Carries write plans out. All statements of a plan are sent together; COMMIT follows when each has matched what it must, or goes along when
 * nothing can be missed.
 */
export class SqlPlans {
  constructor(private readonly parts: PlanParts) {}

  async commit(plan: WritePlan): Promise<CommitOutcome> {
    // bound before any transaction: values that can't be stored hold up nobody
    const writes = this.#writes(plan);
    const committed: CommitOutcome = { kind: 'committed', versions: plan.changes.map(versionAfter) };
    const carryOut = async (transaction: SqlTransaction): Promise<CommitOutcome> => {
      const { inbox: mark } = plan;
      if (mark?.parkedPosition !== undefined)
        return this.#redrive(transaction, mark, mark.parkedPosition, writes, committed);
      await runSteps(transaction, [...this.#admission(plan), ...writes], 'last');
      return committed;
    };
    try {
      return await this.parts.database.transaction('committing', carryOut, this.#options(plan));
    } catch (error) {
      if (error instanceof StepFailure) return this.#explain(plan, error, committed);
      if (error instanceof StatementTimeoutError)
        throw new CommitTimeoutError(this.parts.database.name, 'committing', error);
      throw error;
    }
  }

  #options({ id, inbox }: WritePlan): TransactionOptions {
    // with a mark the plan may be committed again, the mark tells
    if (inbox) return {};
    return { planId: id, hasHappened: (transaction) => this.parts.commits.hasHappened(transaction, id) };
  }

  /** What comes before the changes of a plan that is no redrive. */
  #admission({ id, inbox: mark }: WritePlan): Step[] {
    const { inbox, commits } = this.parts;
    if (!mark) return [{ statement: commits.record(id), purpose: 'plan id' }];
    return [
      { statement: inbox.lock(mark, 'shared'), purpose: 'own row' },
      ...this.#viewGuard(mark),
      { statement: inbox.markUnlessParked(mark), purpose: 'mark' },
    ];
  }

  async #redrive(
    transaction: SqlTransaction,
    mark: InboxMark,
    position: number,
    writes: readonly Step[],
    committed: CommitOutcome,
  ): Promise<CommitOutcome> {
    const { inbox } = this.parts;
    await runSteps(transaction, [
      { statement: inbox.lock(mark, 'exclusive'), purpose: 'own row' },
      ...this.#viewGuard(mark),
    ]);
    const admission = await inbox.admitRedrive(transaction, mark, position);
    if (admission !== 'admitted') return { kind: admission };
    const own = [inbox.leave(mark, position), inbox.mark(mark)];
    await runSteps(
      transaction,
      [...own.map((statement): Step => ({ statement, purpose: 'own row' })), ...writes],
      'last',
    );
    return committed;
  }

  #viewGuard({ view }: InboxMark): Step[] {
    if (!view) return [];
    const { views } = this.parts;
    return [
      { statement: views.lock(view.name, 'shared'), purpose: 'own row' },
      { statement: views.takesWrites(view), purpose: 'view' },
    ];
  }

  /** What comes behind the admission of a plan. */
  #writes({ request, keeps = [], changes, events }: WritePlan): Step[] {
    const { requests, intents, outbox } = this.parts;
    for (const event of events) assertStorableEvent(event);
    if (request) assertStorableRequest(request);
    return [
      ...(request ? [{ statement: requests.mark(request), purpose: 'request' } satisfies Step] : []),
      ...inOrder(keeps).map((id): Step => ({ statement: intents.keep(id), purpose: 'call' })),
      ...changes.map((change): Step => ({ statement: this.#statement(change), purpose: change })),
      // behind the changes: whoever waited for a row of theirs gets the higher position in the outbox
      ...events.map((event): Step => ({ statement: outbox.append(event), purpose: 'own row' })),
    ];
  }

  #statement(change: Change): Statement {
    const table = this.parts.tables.of(change.table);
    if (change.kind === 'insert') {
      const id = table.bound(table.columns.get('id')!, change.id);
      return table.insert.bind({ ...table.boundRow(change.values), id });
    }
    const row = { id: change.id, version: change.expectedVersion };
    if (change.kind === 'delete') return table.delete.bind(row, 1);
    const values = table.boundValues(change.values);
    return table.update(Object.keys(values)).bind({ ...values, ...row }, 1);
  }

  /** The outcome that a failure means. Throws the error that it means. */
  async #explain(
    plan: WritePlan,
    { purpose, cause }: StepFailure,
    committed: CommitOutcome,
  ): Promise<CommitOutcome> {
    const { database, inbox, commits } = this.parts;
    switch (purpose) {
      case 'view':
        return { kind: 'held' };
      case 'request':
        return { kind: 'answered' };
      case 'call':
        throw new CallAbandonedError();
      case 'mark': {
        const { rows } = await database.query('reading the inbox', inbox.isMarked(plan.inbox!));
        return { kind: rows.length > 0 ? 'duplicate' : 'parked' };
      }
      case 'plan id': {
        // the same plan once more: it has happened, or it must not happen any more since somebody asked
        const hasHappened = await database.transaction('committing', (transaction) =>
          commits.hasHappened(transaction, plan.id),
        );
        if (hasHappened) return committed;
        throw new ConnectionLostError(database.name, cause);
      }
      case 'own row':
        throw new StoreFailedError(database.name, 'committing', cause);
      default:
        throw await this.#errorOf(purpose, cause);
    }
  }

  async #errorOf(change: Change, failure: StatementFailure): Promise<Error> {
    const { name } = change.table;
    if (failure.kind === 'rows' && change.kind !== 'insert') {
      return new VersionConflictError(name, change.id, change.expectedVersion);
    }
    const columns = await this.parts.schema.columnsOf(name, failure.index);
    if (failure.kind === 'unique') return new UniqueViolationError(name, columns, failure.cause);
    const column = columns.length > 0 ? columns.join(', ') : longestIndexed(change);
    return new UnstorableValueError(name, column, 'it is too long for the index');
  }
}

async function runSteps(transaction: SqlTransaction, steps: readonly Step[], last?: 'last'): Promise<void> {
  try {
    await transaction.run(
      steps.map(({ statement }) => statement),
      last,
    );
  } catch (error) {
    throw error instanceof StatementFailure ? new StepFailure(steps[error.place]!.purpose, error) : error;
  }
}

/** The engine does not always tell which index it was. */
function longestIndexed(change: Change): string {
  const values = change.kind === 'delete' ? {} : change.values;
  const indexed = new Set(change.table.indexes.flatMap(({ columns }) => columns));
  const lengths = Object.entries(values)
    .filter(([column]) => indexed.has(column))
    .map(([column, value]) => ({ column, length: String(value).length }));
  return lengths.toSorted((one, other) => other.length - one.length)[0]?.column ?? '';
}
