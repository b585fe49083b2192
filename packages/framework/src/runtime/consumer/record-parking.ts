import type { ConsumerRecord } from '../../broker/broker.js';
import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import type { ParkedKey, ParkingLot, RecordToPark } from '../../store/parking-lot.js';
import { wireNameOf } from '../event-codec.js';
import type { HandlingOutcome, Instruments } from '../instruments.js';
import { type Delivery, type HandlerRecord, UNREADABLE, about, toPark } from './delivery.js';
import { insist } from './insist.js';
import type { Pause } from './key-lanes.js';
import { ParkedKeys } from './parked-keys.js';

export interface RecordParkingOptions {
  readonly parking: ParkingLot;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  readonly instruments: Instruments;
}

/**
 * What came of parking a record. `free`: not needed, because its key is free, or the record itself has taken effect. `moved`: the view of its handler goes on
 * with another generation, in which the record is to be handled anew. `stopped`: its signal ended it.
 */
export type Parking = 'parked' | 'free' | 'moved' | 'stopped';

/**
 * Puts records into the parking lot, however long the store is away.
 * A record whose content the store refuses is parked without it: its place is known, and the log still has it.
 */
export class RecordParking {
  readonly #keys: ParkedKeys;

  constructor(private readonly options: RecordParkingOptions) {
    this.#keys = new ParkedKeys(options.parking);
  }

  /**
   * Looks which keys are parked, and gives those that wait for nobody but their turn. Never rejects; while the store is away
   * nothing is known, and each record asks for itself.
   */
  async refresh(): Promise<ParkedKey[]> {
    try {
      return await this.#keys.look();
    } catch (error) {
      this.options.logger.warn(
        { err: error },
        'which keys are parked cannot be read; asking for each record',
      );
      return [];
    }
  }

  /** Whether the record's key may be parked. False is certain, as far as this process knows. */
  mayWait({ handler, key }: HandlerRecord): boolean {
    return this.#keys.mayHave(handler.id, key);
  }

  /** The key was freed by a redrive or a drop. */
  freed(handler: string, key: string): void {
    this.#keys.freed(handler, key);
  }

  /** Puts the record behind its key, if that is parked. */
  async behind(delivery: Delivery, pause: Pause): Promise<Parking> {
    const { handler, key } = delivery;
    const { id } = handler;
    const parking = await this.#park(delivery, toParkOf(delivery, null, 0), pause, (record) =>
      this.options.parking.parkBehind(record),
    );
    if (parking === 'parked') this.#waits(delivery, 'waiting');
    if (parking === 'free') this.freed(id, key!);
    return parking;
  }

  /** Parks the record, and with it its key, until a person has looked. */
  async failed(delivery: Delivery, error: unknown, attempts: number, pause: Pause): Promise<Parking> {
    const parking = await this.#parkFirst(delivery, toParkOf(delivery, error, attempts), pause);
    if (parking === 'parked') this.hasFailed(delivery, error, attempts);
    return parking;
  }

  /** Puts the record's key aside, until its turn comes. */
  async aside(delivery: Delivery, attempts: number, pause: Pause): Promise<Parking> {
    const parking = await this.#parkFirst(delivery, toParkOf(delivery, null, attempts), pause);
    if (parking === 'parked') {
      this.#waits(delivery, 'aside');
      this.options.logger.warn(
        { ...about(delivery), attempts },
        'a record takes its time and many wait for it, its key is put aside',
      );
    }
    return parking;
  }

  /** Parks the bytes of a record that is no event, for whoever mends the publisher. Undefined when the signal ended it. */
  async unreadable(record: ConsumerRecord, error: unknown, signal: AbortSignal): Promise<true | undefined> {
    const { parking, instruments, logger } = this.options;
    const { topic, partition, offset } = record;
    const parked = await this.#write(
      toPark(UNREADABLE, null, record, null, error, 0),
      signal,
      { topic, partition, offset },
      (one) => parking.park(one),
    );
    if (parked === undefined) return undefined;
    instruments.handled(UNREADABLE, '', 'parked', 0);
    logger.error({ topic, partition, offset, err: error }, 'a record is no event, parked');
    return true;
  }

  /** Says that a record waits for a person from now on. */
  hasFailed(item: HandlerRecord, error: unknown, attempts: number): void {
    this.#waits(item, 'parked');
    this.options.logger.error(
      { ...about(item), attempts, err: error },
      'a record cannot be handled, its key is parked',
    );
  }

  async #parkFirst(delivery: Delivery, record: RecordToPark, pause: Pause): Promise<Parking> {
    const parking = await this.#park(delivery, record, pause, (one) => this.options.parking.park(one));
    // it had taken effect before, and what it met now was its own doing
    if (parking === 'free') this.#measure(delivery, 'duplicate');
    return parking;
  }

  #park(
    delivery: Delivery,
    record: RecordToPark,
    pause: Pause,
    write: (record: RecordToPark) => Promise<boolean>,
  ): Promise<Parking> {
    const { signal, handler } = delivery;
    const { view } = handler;
    return pause(async () => {
      const parked = await this.#write(record, signal, about(delivery), write);
      if (!parked) return parked === undefined ? 'stopped' : 'free';
      const confirmed = await insist(
        'confirming a view',
        signal,
        this.options,
        async () => (await handler.confirm(view, signal)) ?? 'stopped',
      );
      if (confirmed === undefined || confirmed === 'stopped') return 'stopped';
      return confirmed ? 'parked' : 'moved';
    }, signal);
  }

  /** Writes the record; without its content, where that is refused. Undefined when the signal ended it. */
  async #write(
    record: RecordToPark,
    signal: AbortSignal,
    fields: object,
    write: (record: RecordToPark) => Promise<boolean>,
  ): Promise<boolean | undefined> {
    const insisting = (one: RecordToPark) =>
      insist('parking a record', signal, this.options, () => write(one));
    try {
      return await insisting(record);
    } catch (error) {
      this.options.logger.error(
        { ...fields, err: error },
        'the content of a record cannot be parked; parking its place without it',
      );
      return insisting({ ...record, headers: {}, value: null });
    }
  }

  #waits(item: HandlerRecord, outcome: HandlingOutcome): void {
    this.#keys.parked(item.handler.id, item.key);
    this.#measure(item, outcome);
  }

  #measure({ handler, received }: HandlerRecord, outcome: HandlingOutcome): void {
    this.options.instruments.handled(handler.name, received.eventType, outcome, 0);
  }
}

function toParkOf(item: HandlerRecord, error: unknown, attempts: number): RecordToPark {
  return toPark(item.handler.id, item.key, item.record, wireNameOf(item.received), error, attempts);
}
