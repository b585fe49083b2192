import { randomUUID } from 'node:crypto';
import { backoffMs } from '../kernel/backoff.js';
import type { Clock } from '../kernel/clock.js';
import { NoUnitOfWorkError } from '../kernel/errors/model-errors.js';
import { DeadlockError, SerializationFailureError } from '../kernel/errors/store-errors.js';
import { type Injector, ambient } from '../model/ambient.js';
import type { Store } from '../store/store.js';
import type { RequestMark } from '../store/request-records.js';
import { type CommitOutcome, type InboxMark, type WritePlan, versionAfter } from '../store/write-plan.js';
import type { IdAllocator } from './id-allocator.js';
import type { Origin } from './origin.js';
import { type EncodeEvent, UnitOfWork } from './unit-of-work.js';

/** How often a plan is tried that has to give way each time. */
const MAX_COMMITS = 8;
const GAVE_WAY_RETRY = { baseMs: 5, capMs: 200 };

/** What a plan is marked with. */
interface Marks<T> {
  readonly inbox?: InboxMark;
  readonly request?: (value: T) => RequestMark;
}

export interface UnitsOfWorkOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** Told of the intents of calls whose unit of work was not committed. */
  readonly abandoned: (intents: readonly string[]) => void;
}

/** Begins and commits a service's units of work. */
export class UnitsOfWork {
  constructor(
    private readonly store: Pick<Store, 'commit'>,
    private readonly ids: IdAllocator,
    private readonly encode: EncodeEvent,
    private readonly injector: Injector,
    private readonly options: UnitsOfWorkOptions,
  ) {}

  /**
   * Runs `work` and the hooks that it sets off, then commits everything in one call of the store. What any of them throws
   * leaves nothing behind.
   */
  async run<T>(origin: Origin, work: () => T | Promise<T>): Promise<T> {
    return (await this.#commit(origin, work, {})).value;
  }

  /**
   * The same for a request that must happen once.
   * @param request made when all is done but the commit; what `work` has changed has the versions that the commit will give it
   * @returns undefined when the record of the request is not as its mark says, and so nothing was written
   */
  async runOnce<T>(
    origin: Origin,
    work: () => T | Promise<T>,
    request: (value: T) => RequestMark,
  ): Promise<{ readonly value: T } | undefined> {
    const { outcome, value } = await this.#commit(origin, work, { request });
    return outcome.kind === 'committed' ? { value } : undefined;
  }

  /** The same for one event and one handler: with the mark that the handler has done with it. */
  // not waiting for the disk: when the mark is lost in a power cut the event comes again, because its offset is only
  // committed after a flush, and what it published has not gone out
  async handle(origin: Origin, mark: InboxMark, work: () => Promise<void>): Promise<CommitOutcome> {
    return (await this.#commit(origin, work, { inbox: mark })).outcome;
  }

  /** The unit of work that is running here. @throws NoUnitOfWorkError */
  running(what: string): UnitOfWork {
    const unit = ambient.getStore()?.unit;
    if (!(unit instanceof UnitOfWork)) throw new NoUnitOfWorkError(what);
    unit.assertOpen(what);
    return unit;
  }

  async #commit<T>(
    origin: Origin,
    work: () => T | Promise<T>,
    marks: Marks<T>,
  ): Promise<{ outcome: CommitOutcome; value: T }> {
    const unit = new UnitOfWork(origin, this.ids, this.encode);
    let isCommitted = false;
    try {
      const value = await this.#carryOut(unit, work);
      const outcome = await this.#write(unit, value, marks);
      isCommitted = outcome.kind === 'committed';
      return { outcome, value };
    } finally {
      if (!isCommitted && unit.keeps.length > 0) this.options.abandoned(unit.keeps);
    }
  }

  /** Runs the work and the hooks that it sets off. */
  async #carryOut<T>(unit: UnitOfWork, work: () => T | Promise<T>): Promise<T> {
    try {
      const value = await ambient.run({ injector: this.injector, unit }, async () => {
        const worked = await work();
        await unit.flush();
        return worked;
      });
      // who waited for this is gone, or has been told that it failed: it must not take effect behind their back
      unit.origin.signal?.throwIfAborted();
      return value;
    } finally {
      unit.close();
    }
  }

  async #write<T>(unit: UnitOfWork, value: T, { inbox, request }: Marks<T>): Promise<CommitOutcome> {
    const { changes, events } = unit.result();
    const { keeps } = unit;
    const isEmpty = changes.length === 0 && events.length === 0 && keeps.length === 0;
    if (isEmpty && !inbox && !request) return { kind: 'committed', versions: [] };
    // the plan says which versions there will be: the answer that is kept shows them
    if (request) unit.committed(changes.map(versionAfter));
    const outcome = await this.#commitPlan(
      {
        id: randomUUID(),
        changes,
        events,
        ...(keeps.length > 0 && { keeps }),
        ...(request && { request: request(value) }),
        ...(inbox && { inbox, durability: 'buffered' }),
      },
      unit.origin.signal,
    );
    if (outcome.kind === 'committed') unit.committed(outcome.versions);
    return outcome;
  }

  /**
   * Commits a plan; one that the database made give way to another is committed again as it is. That repeats no hook and no remote call, and a
   * row that the other has changed meanwhile is a version conflict.
   */
  async #commitPlan(plan: WritePlan, signal: AbortSignal | undefined): Promise<CommitOutcome> {
    const { clock, random } = this.options;
    for (let failures = 1; ; failures++) {
      try {
        return await this.store.commit(plan);
      } catch (error) {
        const gaveWay = error instanceof DeadlockError || error instanceof SerializationFailureError;
        if (!gaveWay || failures === MAX_COMMITS) throw error;
        await clock.sleep(backoffMs(GAVE_WAY_RETRY, failures, random));
        // as before the first time: who waited has been told that it failed
        signal?.throwIfAborted();
      }
    }
  }
}
