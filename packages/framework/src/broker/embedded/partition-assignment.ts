/** A member of a group and the topics that it reads. */
export interface AssignableMember {
  readonly id: number;
  readonly topics: ReadonlySet<string>;
}

/** A partition and the member that was to have it so far. */
export interface AssignablePartition {
  readonly id: number;
  readonly topic: string;
  readonly target: number | null;
}

/**
 * Says which member shall have each partition (null: nobody reads its topic). Each topic is shared as evenly as possible
 * among its readers, then the whole load; a partition moves only when evenness demands it. The same input gives the same
 * result everywhere.
 */
export function assignPartitions(
  members: readonly AssignableMember[],
  partitions: readonly AssignablePartition[],
): Map<number, number | null> {
  const ordered = members.toSorted((a, b) => a.id - b.id);
  const load = new Load();
  const result = new Map<number, number | null>();
  const homeless: AssignablePartition[] = [];

  for (const partition of partitions.toSorted((a, b) => a.id - b.id)) {
    const keeper = ordered.find(
      (member) => member.id === partition.target && member.topics.has(partition.topic),
    );
    if (keeper) give(partition, keeper.id);
    else homeless.push(partition);
  }
  for (const partition of homeless) {
    const taker = leastLoaded(partition.topic);
    if (taker) give(partition, taker.id);
    else result.set(partition.id, null);
  }
  // each move makes the shares of a topic, or at equal shares of the topics the totals, more even: so this ends
  while (moveOne());
  return result;

  function give(partition: AssignablePartition, to: number): void {
    result.set(partition.id, to);
    load.add(to, partition.topic, 1);
  }

  function leastLoaded(topic: string): AssignableMember | undefined {
    return ordered
      .filter((member) => member.topics.has(topic))
      .reduce<AssignableMember | undefined>(
        (least, member) => (least && load.compare(least.id, member.id, topic) <= 0 ? least : member),
        undefined,
      );
  }

  function moveOne(): boolean {
    for (const partition of partitions) {
      const from = result.get(partition.id);
      const to = leastLoaded(partition.topic)?.id;
      if (from == null || to === undefined || !load.isMuchMore(from, to, partition.topic)) continue;
      load.add(from, partition.topic, -1);
      give(partition, to);
      return true;
    }
    return false;
  }
}

/** How many partitions each member has, of each topic and in all. */
class Load {
  readonly #counts = new Map<string, number>();

  add(member: number, topic: string, change: number): void {
    this.#counts.set(`${member} ${topic}`, this.#of(member, topic) + change);
    this.#counts.set(`${member}`, this.#total(member) + change);
  }

  compare(a: number, b: number, topic: string): number {
    return this.#of(a, topic) - this.#of(b, topic) || this.#total(a) - this.#total(b);
  }

  /** Whether a partition of the topic that moves from `a` to `b` makes the shares more even. */
  isMuchMore(a: number, b: number, topic: string): boolean {
    const more = this.#of(a, topic) - this.#of(b, topic);
    return more >= 2 || (more === 1 && this.#total(a) - this.#total(b) >= 2);
  }

  #of(member: number, topic: string): number {
    return this.#counts.get(`${member} ${topic}`) ?? 0;
  }

  #total(member: number): number {
    return this.#counts.get(`${member}`) ?? 0;
  }
}
