import { type DomainEventBase, type EventClass, receivedEvent } from '../model/domain-event.js';
import type { Entity, EntityClass, StateOf } from '../model/entity.js';
import { wireName } from '../model/wire-name.js';
import { Collection, MAX_PAGE_SIZE } from '../runtime/collection.js';
import { eventIdIn } from '../runtime/event-codec.js';
import type { RunningService } from '../service/running-service.js';
import type { RunInside } from '../service/start-service.js';
import { eventually } from './eventually.js';
import type { EngineTaps } from './harness/engine-taps.js';
import type { LogLine, LogLines } from './harness/log-lines.js';
import { type TestRequest, requestsTo } from './harness/request.js';
import type { RawRecord, TestPublisher } from './harness/test-publisher.js';
import type { TopicObserver } from './harness/topic-observer.js';
import { type WireEvent, wireEvent } from './harness/wire-event.js';

/** What a test service is made of. */
export interface TestServiceParts {
  readonly running: RunningService;
  readonly folder: string;
  readonly taps: EngineTaps;
  readonly log: LogLines;
  readonly observer: TopicObserver;
  readonly publisher: TestPublisher;
  readonly inside: RunInside;
  /** What is to be let go of at the end. */
  readonly opened: AsyncDisposable;
}

/** A service that runs for a test; `startTestService` makes it. */
export class TestService implements AsyncDisposable {
  /** Asks the service over HTTP: `request('POST', '/orders', { product: 'tea' })`. */
  readonly request: TestRequest;

  constructor(private readonly parts: TestServiceParts) {
    this.request = requestsTo(parts.running.url);
  }

  /** Where it listens. */
  get url(): string {
    return this.parts.running.url;
  }

  /** Where its data is, for others to share. */
  get folder(): string {
    return this.parts.folder;
  }

  /** What it has logged. */
  get logged(): readonly LogLine[] {
    return this.parts.log.all;
  }

  /** Puts events on the topic as another service would; a {@link RawRecord} byte for byte. Does not wait for what comes of them. */
  publish(...events: readonly (DomainEventBase | RawRecord)[]): Promise<void> {
    return this.parts.publisher.publish(...events);
  }

  /** Publishes events of others, and waits until the service has done with them. */
  async given(...events: readonly (DomainEventBase | RawRecord)[]): Promise<void> {
    await this.publish(...events);
    await this.settled();
  }

  /** Publishes an event of others, waits until the service has done with it, and tells what it published meanwhile. */
  async when(event: DomainEventBase | RawRecord): Promise<WireEvent[]> {
    const before = (await this.wire()).length;
    await this.given(event);
    return (await this.wire()).slice(before);
  }

  /**
   * Runs work inside of it, in a unit of work of its own: `inject` finds its clients and repositories.
   * @example await order.inside(() => inject(PaymentClient).approve({ orderId: 1, product: 'tea', qty: 2, cost: 9 }));
   */
  inside<T>(work: () => T | Promise<T>): Promise<T> {
    return this.parts.inside(work);
  }

  /** The events of a class, in the version of that, that it has published with all that it has committed: in order for each key. */
  async published<E extends DomainEventBase>(eventClass: EventClass<E>): Promise<E[]> {
    const name = wireName(eventClass.eventType, eventClass.version);
    const mine = await this.wire();
    return mine
      .filter(({ headers }) => headers['ce_type'] === name)
      .map(({ json, headers }) =>
        receivedEvent(eventClass, eventClass.schema.parse(json), {
          eventId: eventIdIn(headers)!,
          occurredAt: new Date(headers['ce_time']!),
        }),
      );
  }

  /** All that it has published, as it lies on the topic: in order for each key. */
  async wire(): Promise<WireEvent[]> {
    const { taps, observer, running } = this.parts;
    await eventually(
      () => taps.store.outbox.status(),
      ({ pending }) => pending === 0,
    );
    const records = await observer.records();
    return records.filter(({ headers }) => headers['ce_source'] === `/${running.name}`).map(wireEvent);
  }

  /** The rows of an aggregate or view as they are in its database, by id (the first thousand). */
  async stored<T extends Entity<object>>(
    entityClass: EntityClass<T>,
  ): Promise<(StateOf<T> & { readonly id: number; readonly version: number })[]> {
    const collection = new Collection('aggregate', entityClass, this.parts.taps.store);
    const { content } = await collection.page({}, 0, MAX_PAGE_SIZE);
    // what is stored went through the schema
    return content.map(({ id, version, fields }) => ({ ...(fields as StateOf<T>), id, version }));
  }

  /** Resolves when it has done with all that is on the topic, and has published all that it has committed. */
  async settled(withinMs?: number): Promise<void> {
    await eventually(
      () => this.#rest(),
      (rest) => rest === 0,
      withinMs,
    );
  }

  /** Stops it as SIGTERM does. Its data stays until it is disposed of. */
  stop(): Promise<void> {
    return this.parts.running.stop();
  }

  /** Stops it, if it still runs, and removes its data, if the folder is its own. */
  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.parts.opened[Symbol.asyncDispose]());
  }

  async #rest(): Promise<number> {
    const { taps, observer } = this.parts;
    // in this order: what is handled after the look at the lag shows in the outbox, or as a record that was not there before
    const begin = await observer.end();
    const lag = await taps.lag();
    const { pending } = await taps.store.outbox.status();
    return lag + pending + ((await observer.end()) - begin);
  }
}
