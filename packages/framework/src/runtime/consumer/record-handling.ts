import type { Clock } from '../../kernel/clock.js';
import { HandlerTimeoutError } from '../../kernel/errors/start-errors.js';
import type { Logger } from '../../kernel/logger.js';
import type { CommitOutcome } from '../../store/write-plan.js';
import type { EventCodec } from '../event-codec.js';
import type { HandlingOutcome, Instruments } from '../instruments.js';
import type { UnitsOfWork } from '../units-of-work.js';
import { Attempts, setbackOf } from './attempts.js';
import { type Delivery, type HandlerRecord, about } from './delivery.js';
import type { Pause } from './key-lanes.js';
import { Obstacle } from './obstacle.js';
import { OutageLog } from './outage-log.js';
import type { RecordParking } from './record-parking.js';

export interface RecordHandlingOptions {
  readonly units: UnitsOfWork;
  readonly parking: RecordParking;
  readonly codec: EventCodec;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly instruments: Instruments;
  /** How long one attempt of a handler may take, in milliseconds. */
  readonly handlerTimeoutMs: number;
  /** Whether an attempt that is under way is given up when its partition is let go of, instead of finished. Default: false. */
  readonly givesUpAtOnce?: boolean;
}

/** What came of a record: settled (it took effect, had done so before, or is parked), its key put aside, or given up because its signal said so. */
export type Settlement = 'settled' | 'aside' | 'given up';

/** How a series of attempts ended. */
export type Ending =
  | { readonly kind: 'done' }
  /** Its key is parked by now: it must wait behind. */
  | { readonly kind: 'parked' }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** A signal ended it. */
  | { readonly kind: 'stopped' };

export interface AttemptOptions {
  /** Which parked record this is; undefined for one that comes from the log. */
  readonly parkedPosition?: number;
  /** Gives the attempt up when it is aborted. */
  readonly giveWay?: AbortSignal;
  /** Of the partition. */
  readonly signal?: AbortSignal;
}

/** Where a series of attempts takes place. */
export interface Trial extends AttemptOptions {
  readonly attempts: Attempts;
  /** Ends the waits between attempts; an attempt that is under way goes on, unless all are given up at once. */
  readonly signal: AbortSignal;
  readonly pause: Pause;
}

/**
 * Brings one record to one handler until it is settled: it took effect, it had done so before, or it is in the parking lot.
 * Nothing else settles it, so the record's offset stays uncommitted until then.
 */
export class RecordHandling {
  readonly #outages: OutageLog;

  constructor(private readonly options: RecordHandlingOptions) {
    this.#outages = new OutageLog(options.logger);
  }

  /** @throws what the store says when a record that cannot be handled cannot be parked either */
  async settle(delivery: Delivery, pause: Pause): Promise<Settlement> {
    const { parking, random, clock } = this.options;
    const { signal, handler, key } = delivery;
    using obstacle = new Obstacle(() => key !== null && delivery.holdsUp(), clock);
    let attempts = new Attempts(handler.attempts, random);
    let mayWait = parking.mayWait(delivery);
    while (!signal.aborted) {
      if (mayWait) {
        const behind = await parking.behind(delivery, pause);
        if (behind === 'parked') return 'settled';
        mayWait = behind === 'moved';
        continue;
      }
      const trial = { attempts, signal, pause, giveWay: obstacle.signal };
      const ending = await this.try(delivery, trial, obstacle);
      if (ending.kind === 'done') return 'settled';
      // it was parked by another process meanwhile: go round and put the record behind
      mayWait = ending.kind === 'parked';
      if (mayWait || signal.aborted) continue;
      const parked =
        ending.kind === 'failed'
          ? await parking.failed(delivery, ending.error, attempts.failures, pause)
          : await parking.aside(delivery, attempts.failures, pause);
      if (parked === 'free') return 'settled';
      if (parked === 'parked') return ending.kind === 'failed' ? 'settled' : 'aside';
      attempts = new Attempts(handler.attempts, random);
      mayWait = parking.mayWait(delivery);
    }
    return 'given up';
  }

  /** Attempts until the record took effect, or no further attempt makes sense, or a signal ends it. */
  async try(item: HandlerRecord, trial: Trial, obstacle?: Obstacle): Promise<Ending> {
    const { logger, clock } = this.options;
    const { attempts, signal, giveWay, pause } = trial;
    const isEnded = () => signal.aborted || giveWay?.aborted === true;
    // made only where something is waited for: most records do at once what they came for
    const ended = () => (giveWay ? AbortSignal.any([signal, giveWay]) : signal);
    using outage = this.#outages.watch();
    while (!isEnded()) {
      try {
        const { kind } = await this.attempt(item, trial);
        outage.over();
        if (kind === 'parked') return { kind };
        if (kind !== 'held') return { kind: 'done' };
        obstacle?.excuse(true);
        await pause(() => item.handler.moved(signal), signal);
      } catch (error) {
        if (isEnded()) break;
        const waitMs = attempts.waitMsAfter(error);
        const isOutage = setbackOf(error) === 'outage';
        // what waits for the store is no obstacle of its own: nothing is put aside for an outage
        obstacle?.excuse(isOutage);
        if (isOutage) outage.met(error);
        else outage.over();
        if (waitMs === undefined) return { kind: 'failed', error };
        if (setbackOf(error) === 'failure') {
          const fields = { ...about(item), attempts: attempts.failures, err: error };
          logger.warn(fields, 'a handler failed, trying again');
        }
        const end = ended();
        await pause(() => clock.sleep(waitMs, end).catch(() => {}), end);
      }
    }
    return { kind: 'stopped' };
  }

  /** One attempt. @throws what the handler or the commit throws */
  async attempt(item: HandlerRecord, options: AttemptOptions = {}): Promise<CommitOutcome> {
    const begin = this.options.clock.now();
    const measure = (outcome: HandlingOutcome) => {
      const seconds = (this.options.clock.now() - begin) / 1000;
      this.options.instruments.handled(item.handler.name, item.received.eventType, outcome, seconds);
    };
    try {
      const outcome = await this.#commitInTime(item, options);
      if (outcome.kind === 'committed') measure('done');
      if (outcome.kind === 'duplicate') measure('duplicate');
      return outcome;
    } catch (error) {
      if (!this.#endings(options).some(({ aborted }) => aborted)) measure(outcomeOf(error));
      throw error;
    }
  }

  /** What gives an attempt up. */
  #endings({ giveWay, signal }: AttemptOptions): AbortSignal[] {
    return [giveWay, this.options.givesUpAtOnce ? signal : undefined].filter((one) => one !== undefined);
  }

  async #commitInTime(item: HandlerRecord, options: AttemptOptions): Promise<CommitOutcome> {
    const { parkedPosition } = options;
    const { units, codec, clock, handlerTimeoutMs } = this.options;
    const { handler, received, key } = item;
    const eventClass = handler.eventClass(received)!;
    const { view } = handler;
    const mark = {
      handler: handler.id,
      eventId: received.eventId,
      key,
      ...(parkedPosition !== undefined && { parkedPosition }),
      ...(view && { view }),
    };
    const abandoned = new AbortController();
    const endings = this.#endings(options);
    const abandon = (event: Event) => abandoned.abort((event.target as AbortSignal).reason);
    for (const ending of endings) ending.addEventListener('abort', abandon, { once: true });
    const timer = setTimeout(
      () => abandoned.abort(new HandlerTimeoutError(handler.name, handlerTimeoutMs)),
      handlerTimeoutMs,
    );
    const origin = { ...received.origin, signal: abandoned.signal, deadline: clock.now() + handlerTimeoutMs };
    const work = units.handle(origin, mark, () => handler.react(codec.revive(eventClass, received)));
    try {
      return await Promise.race([work, rejectionOf(abandoned.signal)]);
    } finally {
      clearTimeout(timer);
      for (const ending of endings) ending.removeEventListener('abort', abandon);
    }
  }
}

function outcomeOf(error: unknown): HandlingOutcome {
  if (error instanceof HandlerTimeoutError) return 'timeout';
  const setback = setbackOf(error);
  return setback === 'failure' ? 'failed' : setback;
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
