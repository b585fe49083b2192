import type { IHeaders, KafkaMessage, Message } from 'kafkajs';
import type { ConsumerRecord, ProducerRecord, TopicPartition } from '../broker.js';
import { bytesOf, textOf } from './wire-text.js';

/** The most headers of a record that are read; who sends more is no service of ours. */
const MAX_HEADERS = 100;

/** What a record of a batch costs beside its key, value and headers, and each header beside its bytes, at the most. */
const FRAME_BYTES = 64;
const HEADER_FRAME_BYTES = 10;

export function messageOf({ key, value, headers }: ProducerRecord): Message {
  return {
    key: key === null ? null : bytesOf(key),
    value: value && Buffer.from(value.buffer, value.byteOffset, value.byteLength),
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, bytesOf(text)])),
  };
}

/** How many bytes of a batch a message takes at the most. */
export function sizeOf({ key, value, headers = {} }: Message): number {
  const ofHeaders = Object.entries(headers).map(
    ([name, bytes]) => HEADER_FRAME_BYTES + Buffer.byteLength(name) + lengthOf(bytes as Buffer),
  );
  return FRAME_BYTES + lengthOf(key) + lengthOf(value) + ofHeaders.reduce((sum, bytes) => sum + bytes, 0);
}

export function recordOf(place: TopicPartition, message: KafkaMessage): ConsumerRecord {
  return {
    topic: place.topic,
    partition: place.partition,
    offset: Number(message.offset),
    timestamp: Number(message.timestamp),
    key: message.key && textOf(message.key),
    value: message.value,
    headers: textHeaders(message.headers),
  };
}

/** A header that stands there several times counts as it stood last, as in Kafka's own clients; one that is null is none. */
function textHeaders(headers: IHeaders = {}): Record<string, string> {
  const read = Object.entries(headers)
    .slice(0, MAX_HEADERS)
    .flatMap(([name, value]) => {
      const last = Array.isArray(value) ? value.at(-1) : value;
      return last === undefined || last === null ? [] : [[name, textOf(Buffer.from(last))] as const];
    });
  return Object.fromEntries(read);
}

function lengthOf(bytes: Buffer | string | null | undefined): number {
  return bytes ? Buffer.byteLength(bytes) : 0;
}
