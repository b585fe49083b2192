/** What an engine can do beyond the guarantees, or can't. A conformance case that needs more than this is reported as skipped. */
export interface BrokerCapabilities {
  /** For messages and health: `embedded`, `kafka`. */
  readonly engine: string;
  /** Processes on several hosts may share it. */
  readonly sharedByHosts: boolean;
  /** The death of a member is noticed at once and not only after the session timeout. */
  readonly noticesDeathAtOnce: boolean;
  /** The largest value of a record, in bytes. */
  readonly maxRecordBytes: number;
}

export interface TopicDefinition {
  readonly name: string;
  /** For a new topic. An existing one keeps the number it has. */
  readonly partitions: number;
  /** Records older than this may be deleted, in milliseconds. */
  readonly retentionMs: number;
  /** When a partition has more bytes than this, its oldest records may be deleted. */
  readonly retentionBytes: number;
}

export interface ProducerRecord {
  readonly topic: string;
  /** Records with the same key go to the same partition; null: any partition. */
  readonly key: string | null;
  readonly value: Uint8Array | null;
  readonly headers: Readonly<Record<string, string>>;
}

export interface ConsumerRecord extends ProducerRecord {
  readonly partition: number;
  /** Increases within a partition; there may be gaps. */
  readonly offset: number;
  /** When it was appended, in milliseconds since the epoch. */
  readonly timestamp: number;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** `offset` is the next one to read: the lowest that is not done. */
export interface CommittedOffset extends TopicPartition {
  readonly offset: number;
}

/**
 * How far a group is. All before `offset` is committed, or is nothing that is given to anybody; `lag` is how much there is from there to the end of the
 * log: so `offset + lag` is the end.
 */
export interface PartitionLag extends CommittedOffset {
  readonly lag: number;
}

/** What a member of a group does with what it is given. Nothing is called before `subscribe` has resolved. No method may throw; what they reject with is a bug and ends the subscription: others of the group take over. */
export interface RecordReceiver {
  /** These partitions are this member's now. Reading goes on where the group's committed offsets are. */
  assigned(partitions: readonly TopicPartition[]): void;

  /**
   * Records of one partition in offset order, never empty. The next batch of that partition is given only when the promise resolved: this is
   * how a receiver that is full holds the broker back. Partitions are independent of each other.
   */
  received(partition: TopicPartition, records: readonly ConsumerRecord[]): Promise<void>;

  /**
   * These partitions are to go to another member. Stop beginning work on them, finish or give up what is under way,
   * commit its offsets, resolve. Until then nobody else has them, for at most the rebalance limit.
   */
  revoked(partitions: readonly TopicPartition[]): Promise<void>;

  /**
   * These partitions went to another member already (this one was too long silent). Drop their work; a commit for them
   * is not taken any more.
   */
  lost(partitions: readonly TopicPartition[]): void;
}

export interface SubscribeOptions {
  /** Members with the same group share the partitions; different groups each get everything. */
  readonly group: string;
  readonly topics: readonly string[];
  /** Where a group begins that has committed nothing yet. */
  readonly from: 'earliest' | 'latest';
  readonly receiver: RecordReceiver;
  /** The most records of one `received` call. */
  readonly maxBatch: number;
}

/** A membership in a group. */
export interface Subscription {
  /** `joining` until the first assignment came; `failing` while the broker cannot be reached (it goes on trying). */
  readonly state: 'joining' | 'running' | 'failing' | 'closed';
  /** Why, while `failing`. */
  readonly failure: unknown;

  /**
   * Stores the group's offsets, so that they outlive this process. Those of partitions that are no longer this member's are ignored, so that late work of an old owner
   * can't set a new one back; after `close()` all are.
   */
  commit(offsets: readonly CommittedOffset[]): Promise<void>;

  /** The lag of the partitions that this member has: as it was at some moment after the call, never what was looked up before. */
  lag(): Promise<PartitionLag[]>;

  /** Revokes everything (see {@link RecordReceiver.revoked}), then leaves, so that others take over at once. A second call does nothing. */
  close(): Promise<void>;
}

/**
 * The port to a durable, partitioned log of events.
 *
 * Guarantees of every adapter:
 * - **Durable:** when `publish` has resolved, its records survive the death of every process.
 * - **Ordered:** records of one key are in the order of the `publish` calls, when each call was awaited, and within a call in the order of its list.
 * - **At least once:** each record is given to each group, again after a crash or rebalance if its offset was not committed.
 * - **Exclusive:** a partition is given to one member of a group at a time, except to one that was taken for dead.
 * - **Independent:** a member that is slow, stopped or dead holds up nobody but its own group's share.
 * - **Closed for good:** after `close()` every call rejects with `BrokerUnavailableError`; a second `close()` does nothing.
 *
 * Methods reject with the broker errors of the kernel; no other error of a driver gets out.
 */
export interface Broker {
  readonly capabilities: BrokerCapabilities;

  /** Connects. Call it before anything else. When it has rejected, nothing is held and it may be called again; not after it has resolved. */
  open(): Promise<void>;

  /** Makes the topic if it is not there. Several processes may do so at once. */
  ensureTopic(topic: TopicDefinition): Promise<void>;

  /**
   * Appends all records, or rejects; after a rejection some may have been appended, so publishing again makes duplicates.
   * @throws RecordTooLargeError before anything was appended
   * @throws UnknownTopicError
   */
  publish(records: readonly ProducerRecord[]): Promise<void>;

  /**
   * Joins a group. Resolves when the membership is known to the broker, not when partitions are assigned.
   * @throws UnknownTopicError
   */
  subscribe(options: SubscribeOptions): Promise<Subscription>;

  /** Forgets a group and its offsets. Only when it has no member; a group that is not known is no error. */
  forgetGroup(group: string): Promise<void>;

  /** Resolves when the broker answers. */
  ping(): Promise<void>;

  /** Closes all subscriptions, then lets go of everything. */
  close(): Promise<void>;
}
