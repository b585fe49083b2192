import type { ConsumerRecord } from '../../broker/broker.js';
import type { Logger } from '../../kernel/logger.js';
import { type EventCodec, type ReceivedEvent, wireNameOf } from '../event-codec.js';
import type { Instruments } from '../instruments.js';
import type { AsideKeys } from './aside-keys.js';
import { laneOf } from './delivery.js';
import type { Handler } from './handler.js';
import type { KeyLanes } from './key-lanes.js';
import type { PartitionWork } from './partition-work.js';
import type { RecordHandling, Settlement } from './record-handling.js';
import type { RecordParking } from './record-parking.js';

export interface RecordIntakeOptions {
  readonly handlers: readonly Handler[];
  readonly handling: RecordHandling;
  readonly parking: RecordParking;
  readonly codec: EventCodec;
  readonly lanes: KeyLanes;
  readonly aside: AsideKeys;
  readonly logger: Logger;
  readonly instruments: Instruments;
  /** Called when there may be room for more. */
  readonly hasRoom: () => void;
}

/** The most records of a partition that are taken and not settled: memory is bounded, and the broker held back. */
const MAX_UNSETTLED = 1_000;
/** The most bytes of all of them. */
const MAX_BYTES = 64 * 1024 * 1024;
/** The most records that are settled but cannot be committed, because an earlier one of their partition is not. */
const MAX_SPAN = 10_000;
/** The most records of one key that wait for one that takes its time; a key with more is put aside. */
const MAX_LANE = 50;

/** Takes records from the log and gives each to every handler that reacts to it, as many as there is room for. */
export class RecordIntake {
  /** Names on the wire. */
  readonly #wanted: ReadonlySet<string>;
  #unsettledBytes = 0;
  #done = 0;

  constructor(private readonly options: RecordIntakeOptions) {
    this.#wanted = new Set(options.handlers.flatMap(({ wireNames }) => [...wireNames]));
  }

  /** How many records are done. */
  get done(): number {
    return this.#done;
  }

  /** Whether no more of that partition can be taken now. */
  isFull({ unsettled, offsets }: PartitionWork): boolean {
    // a window for each partition: keys that wait in one do not hold the others up
    return unsettled >= MAX_UNSETTLED || this.#isFullOfBytes || offsets.span >= MAX_SPAN;
  }

  get #isFullOfBytes(): boolean {
    return this.#unsettledBytes >= MAX_BYTES;
  }

  take(work: PartitionWork, record: ConsumerRecord): void {
    const { codec, handlers, instruments } = this.options;
    const settleOffset = work.offsets.take(record.offset);
    const done = () => {
      this.#done++;
      settleOffset();
    };
    work.readUpTo = record.timestamp;
    const announced = record.headers['ce_type'];
    if (announced !== undefined && !this.#wanted.has(announced)) {
      // most of a shared topic is for others: its header says so before anything is parsed
      instruments.unknownEvent(announced);
      done();
      return;
    }
    let received: ReceivedEvent;
    try {
      received = codec.decode(record);
    } catch (error) {
      const finished = this.#expect(work, record, 1, done);
      const parked = this.options.parking.unreadable(record, error, work.signal);
      void work.track(parked.then((settled) => finished(settled === true), this.#givesUp(work, finished)));
      return;
    }
    const reacting = handlers.filter((handler) => handler.eventClass(received));
    if (reacting.length === 0) {
      instruments.unknownEvent(wireNameOf(received));
      done();
      return;
    }
    if (work.twins.wasTaken(received)) {
      done();
      return;
    }
    const finished = this.#expect(work, record, reacting.length, done);
    for (const handler of reacting) this.#deliver(handler, received, record, work, finished);
  }

  /** Counts the handlers of one record; when all have settled it, the record is done. */
  #expect(
    work: PartitionWork,
    record: ConsumerRecord,
    handlers: number,
    done: () => void,
  ): (settled: boolean) => void {
    const bytes = record.value?.byteLength ?? 0;
    work.unsettled++;
    this.#unsettledBytes += bytes;
    let left = handlers;
    let allSettled = true;
    return (settled) => {
      allSettled &&= settled;
      if (--left > 0) return;
      work.unsettled--;
      this.#unsettledBytes -= bytes;
      // what was given up is not done: the next owner of the partition handles it
      if (allSettled) done();
      this.options.hasRoom();
    };
  }

  #deliver(
    handler: Handler,
    received: ReceivedEvent,
    record: ConsumerRecord,
    work: PartitionWork,
    finished: (settled: boolean) => void,
  ): void {
    const { lanes, aside, handling } = this.options;
    const key = this.#keyOf(handler, received, record);
    // without a key the partition is the only order that there is
    const lane = laneOf(handler.name, key ?? `${record.topic}/${record.partition}`);
    const holdsUp = () =>
      lanes.waiting(lane) > MAX_LANE ||
      // this window is for all partitions: whoever keeps others waiting in it holds up all
      (this.#isFullOfBytes && lanes.waiting(lane) > 0) ||
      (work.offsets.span > MAX_SPAN / 2 && work.offsets.oldest === record.offset);
    const delivery = { record, received, handler, key, signal: work.signal, holdsUp };
    const settled = (settlement: Settlement) => {
      if (settlement === 'aside') aside.begin(handler, key!, work);
      finished(settlement !== 'given up');
    };
    lanes.add(lane, async (pause) => {
      if (work.signal.aborted) finished(false);
      else await work.track(handling.settle(delivery, pause).then(settled, this.#givesUp(work, finished)));
    });
  }

  /** A record that can be neither handled nor parked: its partition goes no further, and says so, until somebody gets it anew. */
  #givesUp(work: PartitionWork, finished: (settled: boolean) => void): (error: unknown) => void {
    return (error) => {
      this.options.logger.error(
        { ...work.partition, err: error },
        'a record can be neither handled nor parked: its partition stops here until the service is started again',
      );
      work.fail(error);
      finished(false);
    };
  }

  /** The record's key; or what the reader's own event class says, for publishers that send none. */
  #keyOf(handler: Handler, received: ReceivedEvent, record: ConsumerRecord): string | null {
    if (record.key !== null) return record.key;
    try {
      const eventClass = handler.eventClass(received)!;
      const key: unknown = eventClass.keyOf(this.options.codec.revive(eventClass, received) as never);
      return key === undefined || key === null ? null : String(key);
    } catch {
      // its fields do not fit: the handler will say so, and the record is parked alone
      return null;
    }
  }
}
