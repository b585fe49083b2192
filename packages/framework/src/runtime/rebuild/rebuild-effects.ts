import { RebuildEffectError, RebuildOverError } from '../../kernel/errors/rebuild-errors.js';
import type { DomainEventBase, EventClass } from '../../model/domain-event.js';
import type { Store } from '../../store/store.js';
import type { TableDefinition } from '../../store/table-definition.js';
import type { CommitOutcome, WritePlan } from '../../store/write-plan.js';
import type { EncodeEvent } from '../unit-of-work.js';

/** Lets a rebuild change the rows of its view and nothing else: whatever else its handlers do has happened once already. */
export class RebuildEffects implements Pick<Store, 'commit'> {
  readonly #committing = new Set<Promise<unknown>>();
  #isOver = false;

  /** @param refused is told of the first attempt, because one record after the other would meet the same */
  constructor(
    private readonly view: string,
    private readonly table: TableDefinition,
    private readonly store: Pick<Store, 'commit'>,
    private readonly refused: (error: RebuildEffectError) => void,
  ) {}

  /** Stands in the place of the codec: what is encoded would be published. */
  readonly encode: EncodeEvent = (event: DomainEventBase) => {
    throw this.#refusal(`publishes ${(event.constructor as EventClass).eventType}`);
  };

  /** @throws RebuildEffectError when the plan changes any other table; RebuildOverError; nothing was written then */
  async commit(plan: WritePlan): Promise<CommitOutcome> {
    const other = plan.changes.find(({ table }) => table !== this.table);
    if (other) throw this.#refusal(`changes ${other.table.name}`);
    // its table may have another name by now, and its name another table
    if (this.#isOver) throw new RebuildOverError(this.view);
    const committing = this.store.commit(plan);
    this.#committing.add(committing);
    try {
      return await committing;
    } finally {
      this.#committing.delete(committing);
    }
  }

  /** Nothing is committed when it has resolved, or later. */
  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.allSettled(this.#committing);
  }

  #refusal(what: string): RebuildEffectError {
    const error = new RebuildEffectError(this.view, what);
    this.refused(error);
    return error;
  }
}
