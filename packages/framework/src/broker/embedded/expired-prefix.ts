/** How long and how much a partition keeps. */
export interface RetentionLimits {
  readonly ageMs: number;
  readonly bytes: number;
}

export interface StoredRecord {
  readonly offset: number;
  readonly timestamp: number;
  readonly bytes: number;
}

/**
 * Which of a partition's oldest records may be deleted: from the first one on, as long as each is older than the limit or
 * the partition has too many bytes.
 * @param oldest in offset order
 * @param partitionBytes what the whole partition has
 */
export function expiredPrefix(
  oldest: readonly StoredRecord[],
  partitionBytes: number,
  now: number,
  limits: RetentionLimits,
): readonly StoredRecord[] {
  let bytes = partitionBytes;
  const kept = oldest.findIndex((record) => {
    const expired = record.timestamp < now - limits.ageMs || bytes > limits.bytes;
    bytes -= record.bytes;
    return !expired;
  });
  return kept === -1 ? oldest : oldest.slice(0, kept);
}
