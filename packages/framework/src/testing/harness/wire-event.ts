import type { ConsumerRecord } from '../../broker/broker.js';

/** A record as it lies on the topic, for those who want to look at the bytes. */
export interface WireEvent {
  readonly topic: string;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** The value as text; empty for a null. */
  readonly text: string;
  /** What the value says as JSON: `eventType`, `timestamp` and the event's fields; empty when it is no object. */
  readonly json: Readonly<Record<string, unknown>>;
}

export function wireEvent({ topic, key, headers, value }: ConsumerRecord): WireEvent {
  const text = value === null ? '' : Buffer.from(value).toString('utf8');
  return { topic, key, headers, text, json: objectOf(text) };
}

function objectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    // tests put all kinds of bytes on a topic
    return {};
  }
}
