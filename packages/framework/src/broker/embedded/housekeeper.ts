import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import { hasEnded } from '../../sqlite/process-identity.js';
import type { SqliteFile } from '../../sqlite/sqlite-file.js';
import { type GroupMember, GroupMembership } from './group-membership.js';
import { Retention } from './retention.js';

export interface HousekeeperOptions {
  readonly file: SqliteFile;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly periodMs: number;
}

/** Tidies up the log now and then: expired records, and members of processes that ended without anybody left to notice. */
export class Housekeeper {
  readonly #stopped = new AbortController();
  #working: Promise<void> = Promise.resolve();

  constructor(private readonly options: HousekeeperOptions) {}

  start(): void {
    this.#working = this.#run();
  }

  /** Ends after the batch that is under way. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#working;
  }

  async #run(): Promise<void> {
    const { clock, random, periodMs, logger } = this.options;
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      // spread, so that the processes don't come all at once
      await clock.sleep(periodMs * (0.5 + random()), signal).catch(() => {});
      if (signal.aborted) return;
      try {
        await this.#tidy(signal);
      } catch (error) {
        logger.warn({ err: error }, 'the log could not be tidied up; trying again later');
      }
    }
  }

  async #tidy(signal: AbortSignal): Promise<void> {
    const { file, clock, logger } = this.options;
    const deleted = await new Retention(file, clock).sweep(signal);
    if (deleted > 0) logger.debug({ deleted }, 'deleted expired records');
    const members = file.read((sql) =>
      sql.all<GroupMember & { group_name: string }>('SELECT id, group_name, identity, beat FROM members'),
    );
    for (const member of members) {
      if (!hasEnded(member.identity)) continue;
      await new GroupMembership(file, member.group_name).remove([member]);
    }
  }
}
