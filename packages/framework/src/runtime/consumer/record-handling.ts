import type { ConsumerRecord } from '../../broker/broker.js';
import { type BackoffPolicy, backoffMs } from '../../kernel/backoff.js';
import type { Clock } from '../../kernel/clock.js';
import { HandlerTimeoutError } from '../../kernel/errors/start-errors.js';
import { VersionConflictError } from '../../kernel/errors/store-errors.js';
import { SkanuError, messageOf } from '../../kernel/errors/skanu-error.js';
import type { Logger } from '../../kernel/logger.js';
import type { ParkingLot, RecordToPark } from '../../store/parking-lot.js';
import type { CommitOutcome } from '../../store/write-plan.js';
import { type EventCodec, type ReceivedEvent, eventIdOf } from '../event-codec.js';
import type { HandlingOutcome, Instruments } from '../instruments.js';
import { isOutage } from '../outage.js';
import type { UnitsOfWork } from '../units-of-work.js';
import type { Handler } from './handler.js';
import type { Pause } from './key-lanes.js';

export interface RecordHandlingOptions {
  readonly units: UnitsOfWork;
  readonly parking: ParkingLot;
  readonly codec: EventCodec;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly instruments: Instruments;
  /** How long one attempt of a handler may take, in milliseconds. */
  readonly handlerTimeoutMs: number;
}

/** One record for one handler. */
export interface Delivery {
  readonly record: ConsumerRecord;
  readonly received: ReceivedEvent;
  readonly handler: Handler;
  /** The key whose order is kept; null for an event whose key cannot be told. */
  readonly key: string | null;
  /** Aborted when the record's partition is no longer ours: stop, somebody else has it. */
  readonly signal: AbortSignal;
}

const RETRY = { baseMs: 100, capMs: 5_000 };
const OUTAGE_RETRY = { baseMs: 200, capMs: 5_000 };
const CONFLICT_RETRY = { baseMs: 10, capMs: 1_000 };
/**
 * How often a record may meet another that changed the same row before that counts as a failure. Each time somebody else got on, so it
 * says nothing about the record; but a handler that changes its own row behind its own back would never end.
 */
const MAX_CONFLICTS = 100;
/** The most parked keys that are remembered; one that is not is found out at the commit. */
const MAX_REMEMBERED = 10_000;

/**
 * Brings one record to one handler until it is settled: it took effect, it had done so before, or it is parked.
 * Nothing else settles it, so the record's offset stays uncommitted until then.
 */
export class RecordHandling {
  readonly #parkedKeys = new Set<string>();
  /** Whether a key that is not in the set is free. */
  #knowsAll = false;

  constructor(private readonly options: RecordHandlingOptions) {}

  /**
   * Looks which keys are parked, so that records of theirs are put behind without an attempt: a handler must not run
   * ahead of what waits. Never rejects; while the store is away nothing is known, and each record asks for itself.
   */
  async refresh(): Promise<void> {
    try {
      const keys = await this.options.parking.keys(0, MAX_REMEMBERED);
      this.#knowsAll = keys.length < MAX_REMEMBERED;
      for (const { handler, key } of keys) if (key !== null) this.#parkedKeys.add(laneOf(handler, key));
    } catch (error) {
      this.#knowsAll = false;
      this.options.logger.warn(
        { err: error },
        'which keys are parked cannot be read; asking for each record',
      );
    }
  }

  /** True when the record is settled, false when its signal ended it before that. Never rejects. */
  async settle(delivery: Delivery, pause: Pause): Promise<boolean> {
    const { clock, random, logger } = this.options;
    const { signal, handler } = delivery;
    const waited = (policy: BackoffPolicy, failures: number) =>
      pause(() => clock.sleep(backoffMs(policy, failures, random), signal).catch(() => {}), signal);
    let attempts = 0;
    let conflicts = 0;
    let outages = 0;
    let parked = this.#mayBeParked(delivery);
    while (!signal.aborted) {
      try {
        if (parked && (await this.#parkBehind(delivery, attempts))) return true;
        // it may have been parked by another process meanwhile: then go round and put the record behind
        parked = (await this.#attempt(delivery)).kind === 'parked';
        if (!parked) return true;
      } catch (error) {
        if (signal.aborted) break;
        if (isOutage(error)) {
          if (outages++ === 0) logger.warn({ ...about(delivery), err: error }, 'waiting for the store');
          await waited(OUTAGE_RETRY, outages);
        } else if (error instanceof VersionConflictError && conflicts++ < MAX_CONFLICTS) {
          await waited(CONFLICT_RETRY, conflicts);
        } else {
          attempts++;
          const last = !isRetriable(error) || attempts >= handler.attempts;
          if (last) return this.#park(delivery, error, attempts, pause);
          logger.warn({ ...about(delivery), attempts, err: error }, 'a handler failed, trying again');
          await waited(RETRY, attempts);
        }
      }
    }
    return false;
  }

  /**
   * One attempt. For a redrive `parkedPosition` says which parked record this is.
   * @throws what the handler or the commit throws
   */
  async attempt(delivery: Omit<Delivery, 'signal'>, parkedPosition?: number): Promise<CommitOutcome> {
    const { units, codec, handlerTimeoutMs } = this.options;
    const { handler, received, key } = delivery;
    const eventClass = handler.eventClass(received.eventType)!;
    const abandoned = new AbortController();
    const mark = {
      handler: handler.id,
      eventId: received.eventId,
      key,
      ...(parkedPosition !== undefined && { parkedPosition }),
    };
    const work = units.handle({ ...received.origin, signal: abandoned.signal }, mark, () =>
      handler.react(codec.revive(eventClass, received)),
    );
    const timer = setTimeout(
      () => abandoned.abort(new HandlerTimeoutError(handler.id, handlerTimeoutMs)),
      handlerTimeoutMs,
    );
    try {
      return await Promise.race([work, rejectionOf(abandoned.signal)]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Parks the bytes of a record that is no event, for whoever mends the publisher. True when that is done. Never rejects. */
  async parkUnreadable(record: ConsumerRecord, error: unknown, signal: AbortSignal): Promise<boolean> {
    const parked = await this.#insist(signal, () =>
      this.options.parking.park(toPark(UNREADABLE, null, record, null, error, 0)),
    );
    if (!parked) return false;
    this.options.instruments.handled(UNREADABLE, '', 'parked', 0);
    const { topic, partition, offset } = record;
    this.options.logger.error({ topic, partition, offset, err: error }, 'a record is no event, parked');
    return true;
  }

  /** The key was freed by a redrive or a drop. */
  freed(handler: string, key: string): void {
    this.#parkedKeys.delete(laneOf(handler, key));
  }

  async #attempt(delivery: Delivery): Promise<CommitOutcome> {
    const { clock } = this.options;
    const begin = clock.now();
    try {
      const outcome = await this.attempt(delivery);
      if (outcome.kind !== 'parked')
        this.#measure(delivery, outcome.kind === 'committed' ? 'done' : 'duplicate', begin);
      return outcome;
    } catch (error) {
      this.#measure(delivery, 'failed', begin);
      throw error;
    }
  }

  /** True when the key is parked indeed and the record now waits behind it. */
  async #parkBehind(delivery: Delivery, attempts: number): Promise<boolean> {
    const { handler, key, record, received } = delivery;
    const toWait = toPark(handler.id, key, record, received.eventType, null, attempts);
    if (!(await this.options.parking.parkBehind(toWait))) {
      this.freed(handler.id, key!);
      return false;
    }
    this.#remember(delivery);
    this.#measure(delivery, 'waiting', this.options.clock.now());
    return true;
  }

  async #park(delivery: Delivery, error: unknown, attempts: number, pause: Pause): Promise<boolean> {
    const { handler, key, record, received, signal } = delivery;
    const toWait = toPark(handler.id, key, record, received.eventType, error, attempts);
    let parked = false;
    const attempt = async () => void (parked = await this.options.parking.park(toWait));
    if (!(await pause(() => this.#insist(signal, attempt), signal))) return false;
    if (!parked) {
      // it had taken effect before, and what it met now was its own doing
      this.#measure(delivery, 'duplicate', this.options.clock.now());
      return true;
    }
    this.#remember(delivery);
    this.#measure(delivery, 'parked', this.options.clock.now());
    this.options.logger.error(
      { ...about(delivery), attempts, err: error },
      'a record cannot be handled, its key is parked',
    );
    return true;
  }

  /** Does something that must succeed, however long the store is away. False when the signal ended it. */
  async #insist(signal: AbortSignal, action: () => Promise<unknown>): Promise<boolean> {
    const { clock, random, logger } = this.options;
    for (let failures = 1; !signal.aborted; failures++) {
      try {
        await action();
        return true;
      } catch (error) {
        if (failures === 1) logger.error({ err: error }, 'a record cannot be parked, trying again');
        await clock.sleep(backoffMs(OUTAGE_RETRY, failures, random), signal).catch(() => {});
      }
    }
    return false;
  }

  #mayBeParked({ handler, key }: Delivery): boolean {
    return key !== null && (!this.#knowsAll || this.#parkedKeys.has(laneOf(handler.id, key)));
  }

  #remember({ handler, key }: Delivery): void {
    if (key === null) return;
    if (this.#parkedKeys.size < MAX_REMEMBERED) this.#parkedKeys.add(laneOf(handler.id, key));
    else this.#knowsAll = false;
  }

  #measure({ handler, received }: Delivery, outcome: HandlingOutcome, begin: number): void {
    const { instruments, clock } = this.options;
    instruments.handled(handler.id, received.eventType, outcome, (clock.now() - begin) / 1000);
  }
}

/** Stands for the handler of records that no handler can read. */
export const UNREADABLE = '(unreadable)';

/** What keeps its order: a key of a handler. */
export function laneOf(handler: string, key: string): string {
  return `${handler}\u0000${key}`;
}

function toPark(
  handler: string,
  key: string | null,
  record: ConsumerRecord,
  eventType: string | null,
  error: unknown,
  attempts: number,
): RecordToPark {
  const { topic, partition, offset, headers, value, timestamp } = record;
  const reason = error === null ? null : reasonOf(error);
  const place = { topic, partition, offset, recordKey: record.key, headers, value, timestamp };
  return { handler, key, eventId: eventIdOf(record), eventType, ...place, reason, attempts };
}

/** Why something was parked, as an operator reads it. */
export function reasonOf(error: unknown): { code: string; message: string } {
  const code = error instanceof SkanuError ? error.code : error instanceof Error ? error.name : 'ERROR';
  return { code, message: messageOf(error).slice(0, 2_000) };
}

/** An error that does not say so may have been a passing one. */
function isRetriable(error: unknown): boolean {
  return !(error instanceof SkanuError) || error.retriable;
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

function about({ handler, received, key, record }: Delivery): object {
  const { topic, partition, offset } = record;
  const { eventType, eventId, origin } = received;
  const { correlationId, trace } = origin;
  return {
    handler: handler.id,
    eventType,
    eventId,
    key,
    topic,
    partition,
    offset,
    correlationId,
    traceId: trace.traceId,
  };
}
