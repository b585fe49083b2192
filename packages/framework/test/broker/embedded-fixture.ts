import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ConsumerRecord, RecordReceiver, TopicPartition } from '../../src/broker/broker.js';
import { EmbeddedBroker, type EmbeddedBrokerOptions } from '../../src/broker/embedded/embedded-broker.js';
import { systemClock } from '../../src/kernel/clock.js';
import { NoticeBoard } from '../../src/testing/broker/notice-board.js';
import { Child } from './processes/child.js';

/** A folder with a log in it, and all brokers and processes that use it; `end` leaves nothing behind. */
export class EmbeddedFixture {
  readonly folder = mkdtempSync(join(tmpdir(), 'skanu-broker-'));
  readonly path = join(this.folder, 'log.db');
  readonly board = new NoticeBoard(10_000);
  readonly #ends: (() => Promise<void>)[] = [];

  async broker(options: Partial<EmbeddedBrokerOptions> = {}): Promise<EmbeddedBroker> {
    const broker = new EmbeddedBroker({
      path: this.path,
      clock: systemClock,
      random: Math.random,
      ...options,
    });
    this.#ends.push(() => broker.close());
    await broker.open();
    return broker;
  }

  child(script: string, argument: object, shell?: string): Child {
    const child = new Child(script, argument, shell);
    this.#ends.push(() => child.end());
    return child;
  }

  /** A look into the file itself. */
  look(sql: string): any[] {
    const file = new DatabaseSync(this.path, { readOnly: true, timeout: 5_000 });
    try {
      return file.prepare(sql).all();
    } finally {
      file.close();
    }
  }

  async end(): Promise<void> {
    // all of them, whatever one of them says: no process and no file may be left behind
    const ended = await Promise.allSettled(this.#ends.toReversed().map((end) => end()));
    rmSync(this.folder, { recursive: true, force: true });
    for (const one of ended) if (one.status === 'rejected') throw one.reason;
  }
}

/** A receiver that keeps what it is told. */
export class Collector implements RecordReceiver {
  readonly held = new Set<number>();
  readonly records: ConsumerRecord[] = [];
  readonly losses: number[] = [];

  constructor(
    private readonly board: NoticeBoard,
    private readonly onReceived: (
      partition: TopicPartition,
      records: readonly ConsumerRecord[],
    ) => Promise<void> = async () => {},
  ) {}

  get values(): string[] {
    return this.records.map(({ value }) => Buffer.from(value!).toString());
  }

  assigned(partitions: readonly TopicPartition[]): void {
    for (const { partition } of partitions) this.held.add(partition);
    this.board.notify();
  }

  async received(partition: TopicPartition, records: readonly ConsumerRecord[]): Promise<void> {
    this.records.push(...records);
    this.board.notify();
    await this.onReceived(partition, records);
  }

  async revoked(partitions: readonly TopicPartition[]): Promise<void> {
    for (const { partition } of partitions) this.held.delete(partition);
  }

  lost(partitions: readonly TopicPartition[]): void {
    for (const { partition } of partitions) {
      this.held.delete(partition);
      this.losses.push(partition);
    }
    this.board.notify();
  }
}
