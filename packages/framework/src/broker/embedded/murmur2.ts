const SEED = 0x9747b28c;
const MULTIPLIER = 0x5bd1e995;

/** The 32-bit hash (signed) that Kafka's default partitioner uses for keys. */
export function murmur2(bytes: Uint8Array): number {
  let hash = SEED ^ bytes.length;
  const tail = bytes.length & ~3;
  for (let i = 0; i < tail; i += 4) {
    let word = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    word = Math.imul(word, MULTIPLIER);
    word ^= word >>> 24;
    hash = Math.imul(hash, MULTIPLIER) ^ Math.imul(word, MULTIPLIER);
  }
  const left = bytes.length - tail;
  if (left === 3) hash ^= bytes[tail + 2]! << 16;
  if (left >= 2) hash ^= bytes[tail + 1]! << 8;
  if (left >= 1) hash = Math.imul(hash ^ bytes[tail]!, MULTIPLIER);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, MULTIPLIER);
  return hash ^ (hash >>> 15);
}
