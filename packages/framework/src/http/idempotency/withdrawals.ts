import { backoffMs } from '../../kernel/backoff.js';
import type { Clock } from '../../kernel/clock.js';
import {
  IdempotencyKeyReusedError,
  RequestForgottenError,
  RequestRunningError,
} from '../../kernel/errors/request-errors.js';
import { VersionConflictError } from '../../kernel/errors/store-errors.js';
import { inject } from '../../model/ambient.js';
import { repositoryOf } from '../../model/repository.js';
import type { Collection } from '../../runtime/collection.js';
import type { Origin } from '../../runtime/origin.js';
import type { UnitsOfWork } from '../../runtime/units-of-work.js';
import type { RequestRecord, RequestRecords } from '../../store/request-records.js';
import type { RunningKeys } from './running-keys.js';

/** How often it is tried while others change the same aggregate, or the same key. */
const MAX_ATTEMPTS = 5;
const RETRY = { baseMs: 10, capMs: 100 };

/** Takes requests back that were made with a key: what they have made is undone, and they do not happen (again). */
export class Withdrawals {
  constructor(
    private readonly units: UnitsOfWork,
    private readonly records: RequestRecords,
    private readonly running: RunningKeys,
    /** How long records are kept, in milliseconds. */
    private readonly keptForMs: number,
    private readonly clock: Clock,
    private readonly random: () => number = Math.random,
  ) {}

  /**
   * Takes back the request that made an aggregate of that collection. Doing it twice is the same as once; before the request has come, it never happens.
   * @param ageMs how long ago the request was made, as far as who takes it back knows
   * @param undo the behaviour of the aggregate that undoes it
   * @throws RequestRunningError while the request is under way in this process, or when others are faster again and again
   * @throws IdempotencyKeyReusedError when the request with that key has made no such aggregate
   * @throws RequestForgottenError when nothing is known of a request that is older than what is remembered
   * @throws what the behaviour throws; nothing is taken back then
   */
  takeBack(key: string, ageMs: number, collection: Collection, undo: string, origin: Origin): Promise<void> {
    return this.running.alone(key, origin.signal, async () => {
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
        const record = await this.records.find(key);
        if (record?.isWithdrawn) return;
        if (!record && ageMs >= this.keptForMs) throw new RequestForgottenError(key, this.keptForMs);
        if (await this.#withdraw(key, record, collection, undo, origin)) return;
        await this.clock.sleep(backoffMs(RETRY, attempt, this.random), origin.signal);
      }
      throw new RequestRunningError(key);
    });
  }

  /** False: another was faster, and things are to be looked at again. */
  async #withdraw(
    key: string,
    record: RequestRecord | undefined,
    { table, entityClass }: Collection,
    undo: string,
    origin: Origin,
  ): Promise<boolean> {
    if (record && record.subject?.table !== table.name) throw new IdempotencyKeyReusedError(key);
    const undone = async () => {
      const made = record && (await inject(repositoryOf(entityClass)).find(record.subject!.id));
      // the decorator stands on methods without parameters only
      if (made) await (Reflect.get(made, undo) as () => unknown).call(made);
    };
    try {
      const mark = { kind: 'withdrawn', key, knows: record !== undefined } as const;
      return (await this.units.runOnce(origin, undone, () => mark)) !== undefined;
    } catch (error) {
      if (error instanceof VersionConflictError) return false;
      throw error;
    }
  }
}
