import type { ConsumerRecord } from '../../broker/broker.js';
import type { ParkedRecord } from '../../store/parking-lot.js';
import type { EventCodec } from '../event-codec.js';
import type { HandlerRecord } from './delivery.js';
import type { Handler } from './handler.js';

/**
 * A parked record, ready to be handled as if it came now.
 * @throws UnreadableRecordError when it is no event; TypeError when no handler reacts to it any more
 */
export function parkedDelivery(
  parked: ParkedRecord,
  handlers: readonly Handler[],
  codec: EventCodec,
): HandlerRecord {
  const record = asReceived(parked);
  const received = codec.decode(record);
  const handler = handlers.find(({ id }) => id === parked.handler);
  if (!handler?.eventClass(received.eventType)) {
    throw new TypeError(
      `no handler ${parked.handler} reacts to ${received.eventType} any more; drop the record`,
    );
  }
  return { record, received, handler, key: parked.key };
}

/** The record as the broker gave it. */
export function asReceived(parked: ParkedRecord): ConsumerRecord {
  const { topic, partition, offset, recordKey, headers, value, timestamp } = parked;
  return { topic, partition, offset, key: recordKey, headers, value, timestamp };
}
