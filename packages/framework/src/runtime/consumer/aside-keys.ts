import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import type { ParkedKey, ParkedRecord, ParkingLot } from '../../store/parking-lot.js';
import type { EventCodec } from '../event-codec.js';
import { Attempts } from './attempts.js';
import { type HandlerRecord, laneOf, reasonOf } from './delivery.js';
import type { Handler } from './handler.js';
import { insist } from './insist.js';
import type { KeyLanes, Pause } from './key-lanes.js';
import { parkedDelivery } from './parked-delivery.js';
import type { PartitionWork } from './partition-work.js';
import type { RecordHandling } from './record-handling.js';
import type { RecordParking } from './record-parking.js';

export interface AsideKeysOptions {
  readonly lot: ParkingLot;
  readonly parking: RecordParking;
  readonly handling: RecordHandling;
  readonly handlers: readonly Handler[];
  readonly codec: EventCodec;
  readonly lanes: KeyLanes;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
}

/** The most keys that are worked off at once; those beyond are found by a later look. */
const MAX_AT_ONCE = 1_000;

/**
 * Works off keys that wait in the parking lot for nobody but their turn: those whose first record has no reason. Only the owner of a
 * record's partition does so. One record of a key takes one turn among all lanes, so that no key keeps a place for itself.
 */
export class AsideKeys {
  /** The keys that are worked off now, and for which ownership of their partition somebody has asked for it once more meanwhile. */
  readonly #busy = new Map<string, PartitionWork | undefined>();

  constructor(private readonly options: AsideKeysOptions) {}

  /** Begins with a key, unless that is going on already. */
  begin(handler: Handler, key: string, work: PartitionWork): void {
    const lane = laneOf(handler.name, key);
    if (this.#busy.has(lane)) this.#busy.set(lane, work);
    else if (this.#busy.size < MAX_AT_ONCE) this.#takeTurn(lane, handler, key, work);
  }

  /** Begins with those of the given keys whose first record is of a partition that is ours. */
  async beginAll(
    keys: readonly ParkedKey[],
    workOf: (record: ParkedRecord) => PartitionWork | undefined,
  ): Promise<void> {
    const { lot, handlers } = this.options;
    for (const { handler: id, key } of keys) {
      if (this.#busy.size >= MAX_AT_ONCE) return;
      const handler = handlers.find((one) => one.id === id);
      if (!handler || key === null || this.#busy.has(laneOf(handler.name, key))) continue;
      const first = await lot.first(id, key);
      const work = first && workOf(first);
      if (work) this.begin(handler, key, work);
    }
  }

  #takeTurn(lane: string, handler: Handler, key: string, work: PartitionWork): void {
    this.#busy.set(lane, undefined);
    // a lane of its own: what comes from the log meanwhile is put behind, and must not wait for this
    this.options.lanes.add(`aside\u0000${lane}`, async (pause) => {
      const goesOn = await work
        .track(this.#handleFirst(handler, key, work, pause))
        .catch((error: unknown) => {
          const fields = { handler: handler.id, key, err: error };
          this.options.logger.error(
            fields,
            'a key that is put aside cannot be worked off, looking again later',
          );
          return false;
        });
      const next = this.#busy.get(lane) ?? (goesOn ? work : undefined);
      if (next && !next.signal.aborted) this.#takeTurn(lane, handler, key, next);
      else this.#busy.delete(lane);
    });
  }

  /** Handles the first record of the key. True when there may be another for it to do. */
  async #handleFirst(
    handler: Handler,
    key: string,
    { signal }: PartitionWork,
    pause: Pause,
  ): Promise<boolean> {
    const { lot, parking } = this.options;
    const found = await pause(
      () =>
        insist('reading a parked record', signal, this.options, async () => [
          await lot.first(handler.id, key),
        ]),
      signal,
    );
    if (!found) return false;
    const [first] = found;
    if (!first) parking.freed(handler.id, key);
    // with a reason it waits for a person
    if (!first || first.reason !== null) return false;
    return this.#handle(handler, first, signal, pause);
  }

  async #handle(handler: Handler, first: ParkedRecord, signal: AbortSignal, pause: Pause): Promise<boolean> {
    const { handling, random } = this.options;
    const attempts = new Attempts(handler.attempts, random);
    let item: HandlerRecord | undefined;
    let error: unknown;
    try {
      item = parkedDelivery(first, [handler], this.options.codec);
      const ending = await handling.try(item, { attempts, signal, pause, parkedPosition: first.position });
      // parked: others were quicker, and what is first now is another
      if (ending.kind !== 'failed') return ending.kind !== 'stopped';
      error = ending.error;
    } catch (unreadable) {
      error = unreadable;
    }
    await this.#fail(first, item, error, attempts.failures, signal, pause);
    return false;
  }

  /** From now on the key waits for a person. */
  async #fail(
    { position, handler, key }: ParkedRecord,
    item: HandlerRecord | undefined,
    error: unknown,
    attempts: number,
    signal: AbortSignal,
    pause: Pause,
  ): Promise<void> {
    const { lot, parking, logger } = this.options;
    const noted = await pause(
      () =>
        insist('noting a failed attempt', signal, this.options, async () => {
          await lot.failedAgain(position, reasonOf(error), attempts);
          return true as const;
        }),
      signal,
    );
    if (noted && item) parking.hasFailed(item, error, attempts);
    else if (noted)
      logger.error({ handler, key, position, err: error }, 'a record that was put aside cannot be read');
  }
}
