import type { SqlTransaction, Statement, StatementResult } from '../sql/sql-driver.js';
import { StatementFailure } from '../sql/statement-failure.js';
import type { Answer, PostgresConnection } from './postgres-connection.js';
import { isConnectionLoss, statementFailure, storeError } from './postgres-errors.js';

const BEGIN = plain('BEGIN');
const COMMIT = plain('COMMIT');
const ROLLBACK = plain('ROLLBACK');

/** The connection broke after COMMIT was sent and before its answer came: nobody knows yet. It never gets out of the driver. */
export class AnswerLost extends Error {
  constructor(cause: unknown) {
    super('the answer to COMMIT was lost', { cause });
    this.name = 'AnswerLost';
  }
}

export interface PostgresTransactionOptions {
  /** For messages. */
  readonly store: string;
  readonly doing: string;
  /** How long a statement waits for the locks of others. */
  readonly lockWaitMs: number;
  /** In place of that of the session. */
  readonly statementTimeoutMs?: number | undefined;
  /** Whether a lost answer can be found out about: `run` then leaves it to `commit` to tell. */
  readonly isAskable: boolean;
}

/** A transaction. BEGIN goes along with its first statements, and COMMIT with its last where nothing can be missed. */
export class PostgresTransaction implements SqlTransaction {
  #state: 'new' | 'begun' | 'over' = 'new';
  #answerLost: AnswerLost | undefined;

  constructor(
    private readonly connection: PostgresConnection,
    private readonly options: PostgresTransactionOptions,
  ) {}

  async run(statements: readonly Statement[], last?: 'last'): Promise<StatementResult[]> {
    // an UPDATE that misses its row is no error to the server: it would commit the rest
    const commits = last !== undefined && statements.every(({ expects }) => expects === undefined);
    const before = this.#state === 'new' ? this.#opening() : [];
    this.#state = commits ? 'over' : 'begun';
    const sent = [...before, ...statements, ...(commits ? [COMMIT] : [])];
    const answers = await this.connection.send(sent, this.#silenceMs());
    const failed = answers.find((answer) => 'error' in answer);
    if (commits && failed && this.#isLoss(failed)) return this.#lost(failed);
    for (const answer of answers.slice(0, before.length)) this.#resultOf(answer);
    const own = answers.slice(before.length);
    const results = statements.map(({ expects }, place) => {
      const result = this.#resultOf(own[place]!, place);
      if (expects !== undefined && result.affected !== expects) throw new StatementFailure('rows', place);
      return result;
    });
    if (commits) this.#resultOf(own.at(-1)!);
    return results;
  }

  /** @throws AnswerLost */
  async commit(): Promise<void> {
    if (this.#answerLost) throw this.#answerLost;
    if (this.#state !== 'begun') return;
    this.#state = 'over';
    const [answer] = await this.connection.send([COMMIT], this.#silenceMs());
    if (this.#isLoss(answer!)) throw new AnswerLost(answer.error);
    this.#resultOf(answer!);
  }

  async rollback(): Promise<void> {
    if (this.#state !== 'begun' || this.connection.isBroken) return;
    this.#state = 'over';
    const [answer] = await this.connection.send([ROLLBACK]);
    // in what state it is nobody knows; without it the server rolls back as well
    if ('error' in answer!) this.connection.destroy();
  }

  #opening(): Statement[] {
    const { statementTimeoutMs } = this.options;
    if (statementTimeoutMs === undefined) return [BEGIN];
    return [BEGIN, plain(`SET LOCAL statement_timeout = ${Math.ceil(statementTimeoutMs)}`)];
  }

  #silenceMs(): number | undefined {
    const { statementTimeoutMs } = this.options;
    return statementTimeoutMs === undefined ? undefined : statementTimeoutMs + 1_000;
  }

  #lost({ error }: { readonly error: unknown }): StatementResult[] {
    const lost = new AnswerLost(error);
    if (!this.options.isAskable) throw lost;
    this.#answerLost = lost;
    return [];
  }

  #isLoss(answer: Answer): answer is { readonly error: unknown } {
    return 'error' in answer && isConnectionLoss(answer.error, this.connection.isBroken);
  }

  #resultOf(answer: Answer, place?: number): StatementResult {
    if ('result' in answer) return answer.result;
    const { store, doing, lockWaitMs } = this.options;
    const failure = place === undefined ? undefined : statementFailure(answer.error, place);
    const isLost = this.connection.isBroken;
    throw failure ?? storeError(answer.error, { store, doing, lockWaitMs, isLost });
  }
}

function plain(sql: string): Statement {
  return { sql, parameters: [] };
}
