import { hasEnded } from '../../sqlite/process-identity.js';
import type { SqliteFile } from '../../sqlite/sqlite-file.js';
import type { StatementCache } from '../../sqlite/statement-cache.js';
import type { CommittedOffset, PartitionLag, SubscribeOptions, TopicPartition } from '../broker.js';
import { type AssignableMember, assignPartitions } from './partition-assignment.js';

export interface GroupMember {
  readonly id: number;
  readonly identity: string;
  /** A counter that the member raises while it lives. */
  readonly beat: number;
}

/** A partition of a group: who shall have it, who has it, and the owner's fencing token. */
export interface GroupPartition extends TopicPartition {
  readonly id: number;
  readonly target: number | null;
  readonly owner: number | null;
  readonly epoch: number;
}

export interface TakenPartition extends TopicPartition {
  readonly id: number;
  readonly epoch: number;
  /** Where to go on reading. */
  readonly committed: number;
}

/** Names a partition that a member owns, with the epoch of that ownership. */
export interface Ownership {
  readonly id: number;
  readonly epoch: number;
}

/**
 * The book of one consumer group in the log's file. Who comes or goes computes anew who shall have which partition
 * (`target`), in the same transaction. From there on owners release what is not theirs to have, and members take what
 * has no owner. Each step raises the group's generation when others have to act on it.
 */
export class GroupMembership {
  constructor(
    private readonly file: SqliteFile,
    private readonly group: string,
  ) {}

  /** Adds a member, and pins where the group begins in partitions that it has not read yet. Returns the member's id. */
  join(identity: string, { topics, from }: Pick<SubscribeOptions, 'topics' | 'from'>): Promise<number> {
    return this.#change((sql) => {
      const list = JSON.stringify(topics);
      sql.run('INSERT INTO groups VALUES (?, 0) ON CONFLICT DO NOTHING', [this.group]);
      const member = sql.get<{ id: number }>(
        'INSERT INTO members (group_name, identity, topics) VALUES (?, ?, ?) RETURNING id',
        [this.group, identity, list],
      )!;
      // pinned now and not when first read: a later owner must not take a later "latest"
      sql.run(
        `INSERT INTO group_partitions (group_name, partition_id, committed)
         SELECT ?, id, ${from === 'latest' ? 'next_offset' : 'start_offset'} FROM partitions
         WHERE topic IN (SELECT value FROM json_each(?)) ON CONFLICT DO NOTHING`,
        [this.group, list],
      );
      this.#reassign(sql);
      return member.id;
    });
  }

  /** Removes members; their partitions have no owner then. One whose beat is no longer the given one lives, and stays. */
  remove(members: readonly Pick<GroupMember, 'id' | 'beat'>[]): Promise<void> {
    return this.#change((sql) => {
      const gone = members.filter(
        ({ id, beat }) => sql.run('DELETE FROM members WHERE id = ? AND beat = ?', [id, beat]) > 0,
      );
      for (const { id } of gone) this.#disown(sql, id);
      if (gone.length > 0) this.#reassign(sql);
    });
  }

  /** Ends a membership from the member's own side. */
  leave(member: number): Promise<void> {
    return this.#change((sql) => {
      if (sql.run('DELETE FROM members WHERE id = ?', [member]) === 0) return;
      this.#disown(sql, member);
      this.#reassign(sql);
    });
  }

  /** Forgets the group and its offsets, with members whose process has ended. False: it has others, and stays. */
  forget(): Promise<boolean> {
    return this.#write((sql) => {
      const members = sql.all<{ identity: string }>('SELECT identity FROM members WHERE group_name = ?', [
        this.group,
      ]);
      if (members.some(({ identity }) => !hasEnded(identity))) return false;
      sql.run('DELETE FROM members WHERE group_name = ?', [this.group]);
      sql.run('DELETE FROM group_partitions WHERE group_name = ?', [this.group]);
      sql.run('DELETE FROM groups WHERE name = ?', [this.group]);
      return true;
    });
  }

  /** Says that the member lives. False: it is no member any more. */
  beat(member: number): Promise<boolean> {
    return this.#write((sql) => sql.run('UPDATE members SET beat = beat + 1 WHERE id = ?', [member]) > 0);
  }

  /** Makes the member the owner of all that it shall have and nobody owns. */
  take(member: number): Promise<TakenPartition[]> {
    return this.#change((sql) => {
      const taken = sql.all<{ id: number }>(
        `UPDATE group_partitions SET owner = target, epoch = epoch + 1
         WHERE group_name = ? AND target = ? AND owner IS NULL RETURNING partition_id AS id`,
        [this.group, member],
      );
      return taken.map(({ id }) => sql.get<TakenPartition>(`${PARTITIONS} AND p.id = ?`, [this.group, id])!);
    });
  }

  /** Gives partitions up, for those who shall have them. */
  release(member: number, partitions: readonly Ownership[]): Promise<void> {
    return this.#change((sql) => {
      for (const { id, epoch } of partitions) {
        sql.run(
          'UPDATE group_partitions SET owner = NULL WHERE group_name = ? AND partition_id = ? AND owner = ? AND epoch = ?',
          [this.group, id, member, epoch],
        );
      }
      this.#raiseGeneration(sql);
    });
  }

  /** Stores offsets; those of partitions that the member does not own in that epoch are passed over. */
  commit(member: number, offsets: readonly (Ownership & Pick<CommittedOffset, 'offset'>)[]): Promise<void> {
    return this.#write((sql) => {
      for (const { id, epoch, offset } of offsets) {
        sql.run(
          'UPDATE group_partitions SET committed = ? WHERE group_name = ? AND partition_id = ? AND owner = ? AND epoch = ?',
          [offset, this.group, id, member, epoch],
        );
      }
    });
  }

  /** A change that other members act on. */
  #change<T>(work: (sql: StatementCache) => T): Promise<T> {
    return this.file.write(work, { durability: 'buffered', announce: true });
  }

  /** Not waiting for the disk: after a power cut nobody is a member, and records whose offsets are lost come again. */
  #write<T>(work: (sql: StatementCache) => T): Promise<T> {
    return this.file.write(work, { durability: 'buffered' });
  }

  members(): GroupMember[] {
    return this.file.read((sql) =>
      sql.all<GroupMember>('SELECT id, identity, beat FROM members WHERE group_name = ? ORDER BY id', [
        this.group,
      ]),
    );
  }

  partitions(): GroupPartition[] {
    return this.file.read((sql) => sql.all<GroupPartition>(PARTITIONS, [this.group]));
  }

  /** The lag of what the member owns. Records that retention has deleted don't count. */
  lag(member: number): PartitionLag[] {
    const rows = this.file.read((sql) =>
      sql.all<PartitionLag>(
        `SELECT p.topic, p.partition, max(g.committed, p.start_offset) AS "offset",
           max(0, p.next_offset - max(g.committed, p.start_offset)) AS lag
         FROM group_partitions g JOIN partitions p ON p.id = g.partition_id
         WHERE g.group_name = ? AND g.owner = ? ORDER BY p.id`,
        [this.group, member],
      ),
    );
    return rows.map((row) => ({ ...row }));
  }

  #disown(sql: StatementCache, member: number): void {
    sql.run('UPDATE group_partitions SET owner = NULL WHERE group_name = ? AND owner = ?', [
      this.group,
      member,
    ]);
  }

  #reassign(sql: StatementCache): void {
    const partitions = sql.all<GroupPartition>(PARTITIONS, [this.group]);
    const targets = assignPartitions(this.#assignable(sql), partitions);
    for (const { id, target } of partitions) {
      const next = targets.get(id)!;
      if (next === target) continue;
      sql.run('UPDATE group_partitions SET target = ? WHERE group_name = ? AND partition_id = ?', [
        next,
        this.group,
        id,
      ]);
    }
    this.#raiseGeneration(sql);
  }

  #assignable(sql: StatementCache): AssignableMember[] {
    const rows = sql.all<{ id: number; topic: string }>(
      'SELECT m.id, t.value AS topic FROM members m, json_each(m.topics) t WHERE m.group_name = ?',
      [this.group],
    );
    const topics = new Map<number, Set<string>>();
    for (const { id, topic } of rows) topics.set(id, (topics.get(id) ?? new Set()).add(topic));
    return [...topics].map(([id, read]) => ({ id, topics: read }));
  }

  #raiseGeneration(sql: StatementCache): void {
    sql.run('UPDATE groups SET generation = generation + 1 WHERE name = ?', [this.group]);
  }
}

const PARTITIONS = `SELECT p.id, p.topic, p.partition, g.target, g.owner, g.epoch, g.committed
  FROM group_partitions g JOIN partitions p ON p.id = g.partition_id WHERE g.group_name = ?`;
