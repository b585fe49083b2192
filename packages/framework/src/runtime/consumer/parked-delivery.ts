import type { ConsumerRecord } from '../../broker/broker.js';
import type { ParkedRecord } from '../../store/parking-lot.js';
import { type EventCodec, type ReceivedEvent, wireNameOf } from '../event-codec.js';
import type { HandlerRecord } from './delivery.js';
import type { Handler } from './handler.js';

/**
 * A parked record, ready to be handled as if it came now.
 * @throws UnreadableRecordError when it is no event; TypeError when no handler reacts to it any more, or only to older versions
 */
export function parkedDelivery(
  parked: ParkedRecord,
  handlers: readonly Handler[],
  codec: EventCodec,
): HandlerRecord {
  const record = asReceived(parked);
  const received = codec.decode(record);
  const handler = handlers.find(({ id }) => id === parked.handler);
  if (!handler?.eventClass(received)) throw new TypeError(reasonOf(parked, handler, received));
  return { record, received, handler, key: parked.key };
}

function reasonOf(
  { handler: name }: ParkedRecord,
  handler: Handler | undefined,
  received: ReceivedEvent,
): string {
  const newest = handler?.newestVersion(received.eventType);
  if (newest === undefined)
    return `no handler ${name} reacts to ${wireNameOf(received)} any more; drop the record`;
  // its older twins, if it had any, were passed over when this one was taken
  return `${name} reads ${received.eventType} up to version ${newest}, and this is version ${received.version}; start the version of the service again that reads it, and redrive. Do not drop the record: it is all that is left of the event`;
}

/** The record as the broker gave it. */
export function asReceived(parked: ParkedRecord): ConsumerRecord {
  const { topic, partition, offset, recordKey, headers, value, timestamp } = parked;
  return { topic, partition, offset, key: recordKey, headers, value, timestamp };
}
