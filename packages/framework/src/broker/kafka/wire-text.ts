const PREFIX = 'base64:';

/**
 * Bytes of Kafka as text of the port: UTF-8 as what it says, anything else as `base64:` and the bytes. Different bytes
 * give different texts: a text that itself begins with `base64:` is given in base64 too.
 */
export function textOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoded = text.toString('utf8');
  // what is not valid is replaced when it is decoded, and so does not come back the same
  const isText = !decoded.startsWith(PREFIX) && Buffer.from(decoded).equals(text);
  return isText ? decoded : PREFIX + text.toString('base64');
}

/** The reverse of {@link textOf}: a key that was read finds the partition in which it was. */
export function bytesOf(text: string): Buffer {
  const decoded = text.startsWith(PREFIX) ? Buffer.from(text.slice(PREFIX.length), 'base64') : undefined;
  return decoded && textOf(decoded) === text ? decoded : Buffer.from(text);
}
