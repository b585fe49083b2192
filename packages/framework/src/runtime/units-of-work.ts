import { randomUUID } from 'node:crypto';
import { backoffMs } from '../kernel/backoff.js';
import type { Clock } from '../kernel/clock.js';
import { NoUnitOfWorkError } from '../kernel/errors/model-errors.js';
import { DeadlockError, SerializationFailureError } from '../kernel/errors/store-errors.js';
import { type Injector, ambient } from '../model/ambient.js';
import type { Store } from '../store/store.js';
import type { CommitOutcome, InboxMark, WritePlan } from '../store/write-plan.js';
import type { IdAllocator } from './id-allocator.js';
import type { Origin } from './origin.js';
import { type EncodeEvent, UnitOfWork } from './unit-of-work.js';

/** How often a plan is tried that has to give way each time. */
const MAX_COMMITS = 8;
const GAVE_WAY_RETRY = { baseMs: 5, capMs: 200 };

/** Begins and commits a service's units of work. */
export class UnitsOfWork {
  constructor(
    private readonly store: Pick<Store, 'commit'>,
    private readonly ids: IdAllocator,
    private readonly encode: EncodeEvent,
    private readonly injector: Injector,
    private readonly waits: { readonly clock: Clock; readonly random: () => number },
  ) {}

  /**
   * Runs `work` and the hooks that it sets off, then commits everything in one call of the store. What any of them throws
   * leaves nothing behind.
   */
  async run<T>(origin: Origin, work: () => T | Promise<T>): Promise<T> {
    let value!: T;
    await this.#commit(origin, async () => void (value = await work()), undefined);
    return value;
  }

  /** The same for one event and one handler: with the mark that the handler has done with it. */
  // not waiting for the disk: when the mark is lost in a power cut the event comes again, because its offset is only
  // committed after a flush, and what it published has not gone out
  handle(origin: Origin, mark: InboxMark, work: () => Promise<void>): Promise<CommitOutcome> {
    return this.#commit(origin, work, mark);
  }

  /** The unit of work that is running here. @throws NoUnitOfWorkError */
  running(what: string): UnitOfWork {
    const unit = ambient.getStore()?.unit;
    if (!(unit instanceof UnitOfWork)) throw new NoUnitOfWorkError(what);
    unit.assertOpen(what);
    return unit;
  }

  async #commit(
    origin: Origin,
    work: () => Promise<void>,
    inbox: InboxMark | undefined,
  ): Promise<CommitOutcome> {
    const unit = new UnitOfWork(origin, this.ids, this.encode);
    try {
      await ambient.run({ injector: this.injector, unit }, async () => {
        await work();
        await unit.flush();
      });
      // who waited for this is gone, or has been told that it failed: it must not take effect behind their back
      origin.signal?.throwIfAborted();
    } finally {
      unit.close();
    }
    const { changes, events } = unit.result();
    if (changes.length === 0 && events.length === 0 && !inbox) return { kind: 'committed', versions: [] };
    const outcome = await this.#commitPlan(
      {
        id: randomUUID(),
        changes,
        events,
        ...(inbox && { inbox, durability: 'buffered' }),
      },
      origin.signal,
    );
    if (outcome.kind === 'committed') unit.committed(outcome.versions);
    return outcome;
  }

  /**
   * Commits a plan; one that the database made give way to another is committed again as it is. That repeats no hook and no remote call, and a
   * row that the other has changed meanwhile is a version conflict.
   */
  async #commitPlan(plan: WritePlan, signal: AbortSignal | undefined): Promise<CommitOutcome> {
    const { clock, random } = this.waits;
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
