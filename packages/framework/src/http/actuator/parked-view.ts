import { isUtf8 } from 'node:buffer';
import type { ParkedKey, ParkedRecord } from '../../store/parking-lot.js';

/** Where a key or a record without a key is under `/actuator/parked`. */
export function parkedPath(
  handler: string,
  place: { readonly key: string } | { readonly position: number },
): string {
  const path = `/actuator/parked/${encodeURIComponent(handler)}`;
  return 'key' in place
    ? `${path}/keys/${encodeURIComponent(place.key)}`
    : `${path}/records/${place.position}`;
}

/** A parked key, for people who look for what went wrong. */
export function keyView(base: string, parked: ParkedKey): object {
  const { handler, key, records, position, parkedAt, reason } = parked;
  const url = `${base}${parkedPath(handler, key === null ? { position } : { key })}`;
  return {
    handler,
    key,
    records,
    position,
    parkedAt: new Date(parkedAt).toISOString(),
    reason,
    _links: { self: { href: url }, redrive: { href: `${url}/redrive` } },
  };
}

/** A parked record with its payload: as text where it is text. */
export function recordView(base: string, parked: ParkedRecord): object {
  const { handler, key, position, value, timestamp, parkedAt, ...rest } = parked;
  const place = parkedPath(handler, key === null ? { position } : { key });
  const href = key === null ? `${base}${place}` : `${base}${place}/records/${position}`;
  return {
    position,
    handler,
    key,
    ...rest,
    timestamp: new Date(timestamp).toISOString(),
    parkedAt: new Date(parkedAt).toISOString(),
    ...payloadView(value),
    _links: { self: { href } },
  };
}

function payloadView(value: Uint8Array | null): object {
  if (value === null) return { payload: null };
  const bytes = Buffer.from(value);
  return isUtf8(bytes) ? { payload: bytes.toString('utf8') } : { payloadBase64: bytes.toString('base64') };
}
