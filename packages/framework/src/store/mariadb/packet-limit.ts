import type { Statement } from '../sql/sql-driver.js';

/** The most bytes that one character of JavaScript's strings is in UTF-8. */
const BYTES_OF_CHARACTER = 3;
/** For what is not counted: numbers, lengths, types. */
const ROOM = 65_536;

/** A statement that the server would not take. Counts as the server's own error, which it sends while it hangs up. */
export class PacketTooLarge extends Error {
  /** ER_NET_PACKET_TOO_LARGE */
  readonly errno = 1153;
  readonly sqlState = '08S01';
}

/** @throws PacketTooLarge */
export function assertFits({ sql, parameters }: Statement, maxBytes: number): void {
  // counting bytes is for the few that may be too large
  const atMost = sizeOf(sql, parameters, (text) => text.length * BYTES_OF_CHARACTER);
  if (atMost <= maxBytes) return;
  const bytes = sizeOf(sql, parameters, (text) => Buffer.byteLength(text));
  if (bytes > maxBytes) {
    throw new PacketTooLarge(
      `the statement has ${bytes} bytes, max_allowed_packet of the server is ${maxBytes}`,
    );
  }
}

function sizeOf(sql: string, parameters: readonly unknown[], bytesOf: (text: string) => number): number {
  return parameters.reduce<number>(
    (sum, value) => {
      if (typeof value === 'string') return sum + bytesOf(value);
      return value instanceof Uint8Array ? sum + value.byteLength : sum;
    },
    ROOM + bytesOf(sql),
  );
}
