import type { CollectionNote } from '../model/aggregate.js';
import type { SchemaField } from '../model/schema-fields.js';
import type { ColumnDefinition, ColumnValue, TableDefinition, Values } from '../store/table-definition.js';

/** The table that holds a collection. */
export function tableOf(note: CollectionNote, fields: readonly SchemaField[]): TableDefinition {
  const unique = new Map(note.indexes.map((index) => [index.columns.join(), index]));
  for (const index of note.indexes) if (index.unique) unique.set(index.columns.join(), index);
  return { name: note.collection, columns: fields.map(columnOf), indexes: [...unique.values()] };
}

function columnOf(field: SchemaField): ColumnDefinition {
  const column = { name: field.name, type: field.kind, nullable: field.optional || field.nullable };
  const value = field.default;
  return value === undefined || value === null ? column : { ...column, default: value };
}

/** Between fields and columns: a column knows only null, a field may be absent or null. */
export class TableMapping {
  readonly #absentWhenNull: readonly string[];
  readonly #names: readonly string[];

  constructor(fields: readonly SchemaField[]) {
    this.#names = fields.map((field) => field.name);
    this.#absentWhenNull = fields.filter((field) => !field.nullable).map((field) => field.name);
  }

  /** The fields that a row holds. Null in a field that may be absent but not null is absence. */
  fieldsOf(values: Values): Record<string, unknown> {
    const fields: Record<string, unknown> = { ...values };
    for (const name of this.#absentWhenNull) if (fields[name] === null) delete fields[name];
    return fields;
  }

  /** A value for every column. */
  valuesOf(fields: Readonly<Record<string, unknown>>): Values {
    const values: Record<string, ColumnValue> = {};
    for (const name of this.#names) values[name] = (fields[name] ?? null) as ColumnValue;
    return values;
  }
}
