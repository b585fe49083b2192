import type { ConsumerRecord } from '../../broker/broker.js';
import { NotFoundError } from '../../kernel/errors/model-errors.js';
import { VersionConflictError } from '../../kernel/errors/store-errors.js';
import type { Logger } from '../../kernel/logger.js';
import type { ParkedKey, ParkedRecord, ParkingLot } from '../../store/parking-lot.js';
import type { InboxMark } from '../../store/write-plan.js';
import type { EventCodec } from '../event-codec.js';
import type { Handler } from './handler.js';
import { isOutage } from '../outage.js';
import { type Delivery, type RecordHandling, UNREADABLE, reasonOf } from './record-handling.js';

export interface RedriveOptions {
  readonly parking: ParkingLot;
  readonly handling: RecordHandling;
  readonly handlers: readonly Handler[];
  readonly codec: EventCodec;
  readonly logger: Logger;
}

/** What a redrive came to. It stops at the first record of a key that fails again. */
export interface RedriveResult {
  /** How many records took effect (or had done so before). */
  readonly done: number;
  /** Why it stopped, for each key that still waits. */
  readonly failures: readonly {
    handler: string;
    key: string | null;
    position: number;
    code: string;
    message: string;
  }[];
}

const KEYS_AT_ONCE = 100;
const MAX_CONFLICTS = 10;

/** Tries parked records again, in the order of their key; what comes for the key meanwhile waits behind. */
export class Redrive {
  /** The keys that are being redriven by this process, so that two requests do not do the same work. */
  readonly #busy = new Map<string, Promise<RedriveResult>>();

  constructor(private readonly options: RedriveOptions) {}

  /** One key of one handler; for a null key, the record at `position`. @throws NotFoundError for a handler that there is not */
  async key(handler: string, key: string | null, position?: number): Promise<RedriveResult> {
    const isKnown = handler === UNREADABLE || this.options.handlers.some(({ id }) => id === handler);
    // one that is gone may have left records behind; a slip in writing has not
    if (!isKnown && !(await this.options.parking.first(handler, key, position)))
      throw new NotFoundError('handler', handler);
    return this.#once(handler, key, position);
  }

  #once(handler: string, key: string | null, position: number | undefined): Promise<RedriveResult> {
    const name = JSON.stringify([handler, key, position]);
    let running = this.#busy.get(name);
    if (!running) {
      running = this.#redrive(handler, key, position).finally(() => this.#busy.delete(name));
      this.#busy.set(name, running);
    }
    return running;
  }

  /** All keys that are parked now, in the order in which they were parked. */
  async all(): Promise<RedriveResult> {
    let done = 0;
    const failures: RedriveResult['failures'][number][] = [];
    let keys: ParkedKey[];
    for (
      let after = 0;
      (keys = await this.options.parking.keys(after, KEYS_AT_ONCE)).length > 0;
      after = keys.at(-1)!.position
    ) {
      for (const { handler, key, position } of keys) {
        // records of a handler that is gone are a failure among others, and keep nobody else waiting
        const result = await this.#once(handler, key, key === null ? position : undefined);
        done += result.done;
        failures.push(...result.failures);
      }
    }
    return { done, failures };
  }

  /** Takes one record out without handling it, for good. False: it is not there. */
  async drop(position: number, mark: InboxMark): Promise<boolean> {
    const dropped = await this.options.parking.drop(position, mark);
    if (dropped) {
      this.options.logger.warn({ ...mark, position }, 'a parked record was dropped');
      await this.#forget(mark.handler, mark.key);
    }
    return dropped;
  }

  async #redrive(handler: string, key: string | null, position: number | undefined): Promise<RedriveResult> {
    const { parking, logger } = this.options;
    let done = 0;
    for (;;) {
      const record = await parking.first(handler, key, position);
      if (!record) break;
      try {
        await this.#handle(record);
        done++;
      } catch (error) {
        // the store being away says nothing about the record
        if (isOutage(error)) throw error;
        const reason = reasonOf(error);
        await parking.failedAgain(record.position, reason);
        logger.warn({ handler, key, position: record.position, err: error }, 'a parked record failed again');
        return { done, failures: [{ handler, key, position: record.position, ...reason }] };
      }
    }
    await this.#forget(handler, key);
    logger.info({ handler, key, done }, 'a parked key was redriven');
    return { done, failures: [] };
  }

  async #handle(record: ParkedRecord): Promise<void> {
    const { handling, handlers, codec } = this.options;
    const received = codec.decode(asReceived(record));
    if (record.handler === UNREADABLE) {
      for (const handler of handlers.filter((one) => one.eventClass(received.eventType))) {
        await this.#attempt({ record: asReceived(record), received, handler, key: null });
      }
      const { handler, key, eventId, position } = record;
      await this.options.parking.drop(position, { handler, eventId, key });
      return;
    }
    const handler = handlers.find(({ id }) => id === record.handler);
    if (!handler?.eventClass(received.eventType)) {
      throw new TypeError(
        `no handler ${record.handler} reacts to ${received.eventType} any more; drop the record`,
      );
    }
    await handling.attempt(
      { record: asReceived(record), received, handler, key: record.key },
      record.position,
    );
  }

  /** Others may change the same rows at the same time: that is no failure. */
  async #attempt(delivery: Omit<Delivery, 'signal'>, parkedPosition?: number): Promise<void> {
    for (let conflicts = 0; ; conflicts++) {
      try {
        await this.options.handling.attempt(delivery, parkedPosition);
        return;
      } catch (error) {
        if (!(error instanceof VersionConflictError) || conflicts === MAX_CONFLICTS) throw error;
      }
    }
  }

  async #forget(handler: string, key: string | null): Promise<void> {
    if (key !== null && !(await this.options.parking.first(handler, key)))
      this.options.handling.freed(handler, key);
  }
}

/** The record as the broker gave it. */
function asReceived(parked: ParkedRecord): ConsumerRecord {
  const { topic, partition, offset, recordKey, headers, value, timestamp } = parked;
  return { topic, partition, offset, key: recordKey, headers, value, timestamp };
}
