import { InvalidEventError } from '../../kernel/errors/model-errors.js';
import type { DomainEventBase, EventClass } from '../../model/domain-event.js';
import { assignId, create, validated } from '../../model/entity.js';
import type { HandlerNote, Reaction } from '../../model/handler-note.js';
import type { Collection } from '../collection.js';
import type { UnitRepository } from '../unit-repository.js';

/** Finds or makes the rows of a read model that an event belongs to. */
export class ViewRows {
  constructor(
    private readonly views: ReadonlyMap<unknown, { collection: Collection; repository: UnitRepository }>,
  ) {}

  /** Calls with each row. The rows are part of the running unit of work, which stores what changes. */
  readonly call = async (
    note: HandlerNote,
    reaction: Reaction,
    event: DomainEventBase,
    call: (row: object) => unknown,
  ): Promise<void> => {
    const { collection, repository } = this.views.get(note.model)!;
    const row = reaction.row!;
    if ('id' in row) {
      const id = rowId(event, row.id);
      await call((await repository.find(id)) ?? this.#make(collection, repository, {}, id));
      return;
    }
    const criteria = row.where(event as never);
    const found = await repository.findBy(criteria);
    if (found.length === 0 && row.create) {
      assertUnique(collection, criteria);
      const { id = 0, ...values } = valuesOf(criteria);
      found.push(this.#make(collection, repository, values, id as number));
    }
    for (const one of found) await call(one);
  };

  #make(collection: Collection, repository: UnitRepository, fields: object, id: number) {
    const { entityClass } = collection;
    const made = create(entityClass, validated(entityClass.name, entityClass.schema, fields));
    if (id !== 0) assignId(made, id);
    repository.add(made);
    return made;
  }
}

function rowId(event: DomainEventBase, idOf: (event: never) => number): number {
  const id = idOf(event as never);
  // 0 stands for a row that has no id yet: each event would make another one
  if (Number.isSafeInteger(id) && id > 0) return id;
  const { eventType } = event.constructor as EventClass;
  throw new InvalidEventError(eventType, [{ pointer: '', detail: `its row cannot have the id ${id}` }]);
}

/** What a row must hold to fit: the plain values of the criteria. */
function valuesOf(criteria: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(criteria).filter(
      ([, value]) => value === null || typeof value !== 'object' || value instanceof Date,
    ),
  );
}

/**
 * Events of different keys come side by side. Only where the database refuses a second row with the same values does the
 * one that comes later find the row of the first on its next attempt.
 */
function assertUnique({ name, note }: Collection, criteria: object): void {
  const asked = Object.keys(criteria);
  const isUnique = note.indexes.some(
    ({ unique, columns }) => unique && columns.every((column) => asked.includes(column)),
  );
  if (isUnique || asked.includes('id')) return;
  throw new TypeError(
    `rows of ${name} are made by ${asked.join(', ')}, which nothing keeps unique; add it to unique of @View, or say create: false`,
  );
}
