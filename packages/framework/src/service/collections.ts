import { collectionNote } from '../model/aggregate.js';
import type { AnyEntityClass } from '../model/entity.js';
import { schemaFields } from '../model/schema-fields.js';
import { type ServiceDefinition, modelsOf } from '../model/service-definition.js';
import { tableOf } from '../runtime/table-mapping.js';
import type { TableDefinition } from '../store/table-definition.js';

/** The tables of a service's aggregates and read models, without the framework's own. */
export function tablesOf(definition: ServiceDefinition): TableDefinition[] {
  const classes: readonly AnyEntityClass[] = [...definition.aggregates, ...modelsOf(definition)];
  return classes.map((one) => tableOf(collectionNote.of(one)!, schemaFields(one.schema)));
}
