import type { Clock } from '../../kernel/clock.js';
import { NotFoundError } from '../../kernel/errors/model-errors.js';
import type { Logger } from '../../kernel/logger.js';
import type { ParkedKey, ParkedRecord, ParkingLot } from '../../store/parking-lot.js';
import type { InboxMark } from '../../store/write-plan.js';
import type { EventCodec } from '../event-codec.js';
import { isOutage } from '../outage.js';
import { Attempts } from './attempts.js';
import { type HandlerRecord, UNREADABLE, reasonOf } from './delivery.js';
import type { Handler } from './handler.js';
import { asReceived, parkedDelivery } from './parked-delivery.js';
import type { RecordHandling } from './record-handling.js';
import type { RecordParking } from './record-parking.js';

export interface RedriveOptions {
  readonly lot: ParkingLot;
  readonly parking: RecordParking;
  readonly handling: RecordHandling;
  readonly handlers: readonly Handler[];
  readonly codec: EventCodec;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  /** Called when a key may have begun to wait for nobody but its turn. */
  readonly freed: () => void;
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

/** Tries parked records again, in the order of their key; what comes for the key meanwhile waits behind. */
export class Redrive {
  /** The keys that are being redriven by this process, so that two requests do not do the same work. */
  readonly #busy = new Map<string, Promise<RedriveResult>>();
  readonly #never = new AbortController().signal;

  constructor(private readonly options: RedriveOptions) {}

  /** One key of one handler; for a null key, the record at `position`. @throws NotFoundError for a handler that there is not */
  async key(handler: string, key: string | null, position?: number): Promise<RedriveResult> {
    const isKnown = handler === UNREADABLE || this.options.handlers.some(({ id }) => id === handler);
    // one that is gone may have left records behind; a slip in writing has not
    if (!isKnown && !(await this.options.lot.first(handler, key, position)))
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
      (keys = await this.options.lot.keys(after, KEYS_AT_ONCE)).length > 0;
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
    const dropped = await this.options.lot.drop(position, mark);
    if (dropped) {
      this.options.logger.warn({ ...mark, position }, 'a parked record was dropped');
      await this.#forget(mark.handler, mark.key);
      // what waited behind it waits for nobody but its turn now
      this.options.freed();
    }
    return dropped;
  }

  async #redrive(handler: string, key: string | null, position: number | undefined): Promise<RedriveResult> {
    const { lot, logger } = this.options;
    let done = 0;
    for (;;) {
      const record = await lot.first(handler, key, position);
      if (!record) break;
      try {
        await this.#handle(record);
        done++;
      } catch (error) {
        // the store being away says nothing about the record
        if (isOutage(error)) throw error;
        const reason = reasonOf(error);
        await lot.failedAgain(record.position, reason);
        logger.warn({ handler, key, position: record.position, err: error }, 'a parked record failed again');
        return { done, failures: [{ handler, key, position: record.position, ...reason }] };
      }
    }
    await this.#forget(handler, key);
    logger.info({ handler, key, done }, 'a parked key was redriven');
    return { done, failures: [] };
  }

  async #handle(parked: ParkedRecord): Promise<void> {
    const { handlers, codec, lot } = this.options;
    if (parked.handler !== UNREADABLE)
      return this.#attempt(parkedDelivery(parked, handlers, codec), parked.position);
    const record = asReceived(parked);
    const received = codec.decode(record);
    for (const handler of handlers.filter((one) => one.eventClass(received))) {
      await this.#attempt({ record, received, handler, key: null });
    }
    const { handler, key, eventId, position } = parked;
    await lot.drop(position, { handler, eventId, key });
  }

  /** One attempt; that others change the same rows at the same time is no failure. An outage ends it: a person waits for the answer. */
  async #attempt(item: HandlerRecord, parkedPosition?: number): Promise<void> {
    const { handling, clock, random } = this.options;
    const attempts = new Attempts(1, random);
    for (;;) {
      try {
        const { kind } = await handling.attempt(item, parkedPosition === undefined ? {} : { parkedPosition });
        if (kind !== 'held') return;
        await item.handler.moved(this.#never);
      } catch (error) {
        const waitMs = isOutage(error) ? undefined : attempts.waitMsAfter(error);
        if (waitMs === undefined) throw error;
        await clock.sleep(waitMs);
      }
    }
  }

  async #forget(handler: string, key: string | null): Promise<void> {
    if (key !== null && !(await this.options.lot.first(handler, key)))
      this.options.parking.freed(handler, key);
  }
}
