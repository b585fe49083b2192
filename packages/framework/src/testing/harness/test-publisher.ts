import type { Broker, ProducerRecord } from '../../broker/broker.js';
import { systemClock } from '../../kernel/clock.js';
import { DomainEventBase, type EventClass } from '../../model/domain-event.js';
import { EventCodec } from '../../runtime/event-codec.js';
import { newOrigin } from '../../runtime/origin.js';

/** A record byte for byte, for what no event class of this service would say. */
export interface RawRecord {
  /** An object is sent as JSON, text and bytes as they are. */
  readonly value: object | string | Uint8Array | null;
  /** Default: null, as the Java services have it. */
  readonly key?: string | null;
  /** Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The service that events of a {@link TestPublisher} say they come from. */
export const ELSEWHERE = 'elsewhere';

/** Puts events on a topic as another service would. */
export class TestPublisher {
  constructor(
    private readonly broker: Broker,
    private readonly topic: string,
  ) {}

  async publish(...events: readonly (DomainEventBase | RawRecord)[]): Promise<void> {
    await this.broker.publish(
      events.flatMap((event) => (event instanceof DomainEventBase ? this.#encoded(event) : this.#raw(event))),
    );
  }

  #encoded(event: DomainEventBase): ProducerRecord[] {
    const { broker, topic } = this;
    const codec = new EventCodec({
      service: ELSEWHERE,
      topic,
      events: [event.constructor as EventClass],
      maxRecordBytes: broker.capabilities.maxRecordBytes,
      clock: systemClock,
    });
    const origin = newOrigin();
    const records = codec.encodeAll(event, origin);
    return records.map(({ key, headers, value }) => ({ topic, key, headers, value: Buffer.from(value) }));
  }

  #raw({ value, key = null, headers = {} }: RawRecord): ProducerRecord {
    return { topic: this.topic, key, headers, value: bytesOf(value) };
  }
}

function bytesOf(value: RawRecord['value']): Uint8Array | null {
  if (value === null || value instanceof Uint8Array) return value;
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
}
