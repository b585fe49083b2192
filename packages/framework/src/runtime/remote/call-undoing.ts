import { randomUUID } from 'node:crypto';
import { backoffMs } from '../../kernel/backoff.js';
import type { Clock } from '../../kernel/clock.js';
import { messageOf } from '../../kernel/errors/skanu-error.js';
import type { Logger } from '../../kernel/logger.js';
import { WakeSignal } from '../../kernel/wake-signal.js';
import type { AbandonedCall, CallIntents } from '../../store/call-intents.js';
import type { Instruments } from '../instruments.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { UndoQueues } from './undo-queues.js';

export interface CallUndoingOptions {
  readonly intents: CallIntents;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly instruments: Instruments;
}

/** Undoes the call that was made with that key, `ageMs` ago. May be asked more than once, and before the call has arrived. */
export type UndoCall = (key: string, ageMs: number, signal: AbortSignal) => Promise<void>;

/** The net under the wake-ups: for the calls of processes that have died. */
const LOOK_EVERY_MS = 1_000;
/** The same, where no operation has an undo: for the calls of an earlier version of the service. */
const LOOK_SELDOM_MS = 30_000;
/** How many are asked for at once. */
const PAGE = 100;
/** Nobody else takes up an undo for at least this long that somebody has taken up. */
const CLAIM_MS = 15_000;
const RETRY = { baseMs: 200, capMs: 5_000 };
/** What has failed so often is not over in a moment. */
const OFTEN = 20;
const RETRY_SELDOM = { baseMs: 200, capMs: 60_000 };
/** How much longer an intent is held than its unit of work may take: for the commit itself. */
const COMMIT_MS = 2_000;
/** Where nobody has said how long the unit of work may take. */
const DEFAULT_UNIT_MS = 30_000;

/**
 * Sees to it that no call of another service keeps an effect that its unit of work does not have. Before such a call an intent is
 * written; the commit takes it away, in the same transaction. What is left over is undone, again and again until the other service has said so: at
 * once where the unit of work failed here, and after its time where its process has died.
 */
export class CallUndoing {
  readonly #undo = new Map<string, UndoCall>();
  readonly #queues = new UndoQueues((call) => this.#undoOne(call));
  #claimMs = CLAIM_MS;
  readonly #work = new WakeSignal();
  readonly #stopping = new AbortController();
  /** What is being noted down. */
  readonly #noting = new Set<Promise<void>>();
  #running: Promise<void> = Promise.resolve();

  constructor(private readonly options: CallUndoingOptions) {}

  /**
   * Says how calls of an operation are undone. Before the start.
   * @param limitMs how long that may take
   */
  register(operation: string, undo: UndoCall, limitMs: number): void {
    this.#undo.set(operation, undo);
    this.#claimMs = Math.max(this.#claimMs, limitMs + 5_000);
  }

  /** Called before a call is made; gives the key to make it with. The call keeps its effect if, and only if, the unit of work is committed. */
  async begin(operation: string, unit: UnitOfWork): Promise<string> {
    const { intents, clock } = this.options;
    const { deadline } = unit.origin;
    const unitMs = deadline === undefined ? DEFAULT_UNIT_MS : Math.max(0, deadline - clock.now());
    const id = randomUUID();
    unit.keep(id);
    try {
      await intents.open({ id, operation, holdMs: unitMs + COMMIT_MS });
    } catch (error) {
      // its answer may be lost, and it be there
      this.failed(id, unit, false);
      throw error;
    }
    if (!unit.isOpen) {
      // it was not awaited, and is not made any more: its unit of work has ended without it
      this.failed(id, unit, false);
      unit.assertOpen(operation);
    }
    return id;
  }

  /**
   * The call of that key has failed, and is not kept even if its unit of work is committed: who goes on without it does not have it.
   * @param wasSent false when it is certain that the other service has heard nothing of it
   */
  failed(key: string, unit: UnitOfWork, wasSent: boolean): void {
    unit.drop(key);
    if (wasSent) this.abandon([key]);
    // who cannot be told now is told when its time is over
    else this.#finish(this.options.intents.undone(key).catch(() => {}));
  }

  /** Calls whose unit of work was not committed. Returns at once; what cannot be noted down is found when its time is over. */
  abandon(ids: readonly string[]): void {
    const abandoning = this.options.intents.abandon(ids).then(
      () => this.#work.wake(),
      (error: unknown) =>
        this.options.logger.warn(
          { err: error, calls: ids },
          'calls that are to be undone cannot be noted down as such; they are undone when their time is over',
        ),
    );
    this.#finish(abandoning);
  }

  #finish(noting: Promise<void>): void {
    this.#noting.add(noting);
    void noting.finally(() => this.#noting.delete(noting));
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Finishes what is under way. What waits goes on with the next start, or in another process. */
  async stop(): Promise<void> {
    await Promise.all(this.#noting);
    this.#stopping.abort(new Error('stopped'));
    this.#work.wake();
    await this.#running;
    await this.#queues.stop();
  }

  async #run(): Promise<void> {
    const { clock, logger } = this.options;
    const { signal } = this.#stopping;
    let isAway = false;
    while (!signal.aborted) {
      try {
        const due = await this.options.intents.due(PAGE, this.#claimMs);
        if (isAway) logger.info({}, 'calls are undone again');
        isAway = false;
        for (const call of due) this.#queues.add(call);
        // behind many of one client there may be some of another; those that were given now have another time
        if (due.length < PAGE)
          await this.#work.wait(clock, this.#undo.size > 0 ? LOOK_EVERY_MS : LOOK_SELDOM_MS);
      } catch (error) {
        if (!isAway) logger.warn({ err: error }, 'calls that are to be undone cannot be read, trying again');
        isAway = true;
        await clock.sleep(LOOK_EVERY_MS, signal).catch(() => {});
      }
    }
  }

  async #undoOne({ id, operation, attempts, begunAt }: AbandonedCall): Promise<void> {
    const { intents, clock, random, logger, instruments } = this.options;
    try {
      const undo = this.#undo.get(operation);
      if (!undo) throw new Error(`this version of the service has no operation ${operation} with an undo`);
      await undo(id, Math.max(0, clock.now() - begunAt), this.#stopping.signal);
      await intents.undone(id);
      instruments.undone(operation, 'done');
      logger.info(
        { operation, key: id, ms: clock.now() - begunAt },
        'a call was undone, its work was not committed',
      );
    } catch (error) {
      const retry = attempts < OFTEN ? RETRY : RETRY_SELDOM;
      const againMs = backoffMs(retry, attempts + 1, random) + retry.baseMs;
      instruments.undone(operation, 'failed');
      const fields = { operation, key: id, attempts: attempts + 1, againMs, err: error };
      // as often as it is tried would be as much log as there are calls, all the time that a service is away
      const level = attempts % OFTEN === 0 ? 'warn' : 'debug';
      logger[level](fields, 'a call could not be undone yet, trying again');
      // where that cannot be noted down it is due again when the claim is over
      await intents.failed(id, againMs, messageOf(error)).catch(() => {});
    }
  }
}
