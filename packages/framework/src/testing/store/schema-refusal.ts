import assert from 'node:assert/strict';
import { SchemaDiffersError } from '../../kernel/errors/store-errors.js';
import type { Store } from '../../store/store.js';
import type { TableDefinition } from '../../store/table-definition.js';

/** Fails unless the table is refused; gives the statements that a person should run, each on one line. */
export async function refusal(store: Store, table: TableDefinition): Promise<string[]> {
  const error: unknown = await store.ensureTables([table]).catch((thrown: unknown) => thrown);
  assert.ok(error instanceof SchemaDiffersError, `ensureTables gave ${String(error)}`);
  assert.ok(error.differences.length > 0);
  for (const { what, statement } of error.differences) {
    assert.ok(what.includes(table.name), what);
    assert.ok(statement.includes(table.name) && !statement.includes('\n'), statement);
  }
  return error.differences.map(({ statement }) => statement);
}
