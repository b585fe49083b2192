import { randomUUID } from 'node:crypto';
import { NoUnitOfWorkError } from '../kernel/errors/model-errors.js';
import { type Injector, ambient } from '../model/ambient.js';
import type { Store } from '../store/store.js';
import type { CommitOutcome, InboxMark } from '../store/write-plan.js';
import type { IdAllocator } from './id-allocator.js';
import type { Origin } from './origin.js';
import { type EncodeEvent, UnitOfWork } from './unit-of-work.js';

/** Begins and commits a service's units of work. */
export class UnitsOfWork {
  constructor(
    private readonly store: Store,
    private readonly ids: IdAllocator,
    private readonly encode: EncodeEvent,
    private readonly injector: Injector,
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
    const outcome = await this.store.commit({
      id: randomUUID(),
      changes,
      events,
      ...(inbox && { inbox, durability: 'buffered' }),
    });
    if (outcome.kind === 'committed') unit.committed(outcome.versions);
    return outcome;
  }
}
