import { type CollectionNote, collectionNote } from '../model/aggregate.js';
import { type CommandNote, commandsOf } from '../model/command.js';
import type { AnyEntityClass } from '../model/entity.js';
import { type SchemaField, schemaFields } from '../model/schema-fields.js';

export type CollectionKind = 'aggregate' | 'view';

/** What is declared of the aggregates of one class, or of the rows of one read model, wherever they are. */
export class CollectionDeclaration {
  readonly note: CollectionNote;
  readonly fields: readonly SchemaField[];
  readonly commands: readonly CommandNote[];

  constructor(
    readonly kind: CollectionKind,
    readonly entityClass: AnyEntityClass,
  ) {
    this.note = collectionNote.of(entityClass)!;
    this.fields = schemaFields(entityClass.schema);
    this.commands = commandsOf(entityClass);
  }

  /** The last part of its URL: `orders`. */
  get name(): string {
    return this.note.collection;
  }
}
