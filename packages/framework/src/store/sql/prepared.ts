import { sql } from 'kysely';
import type { Sql, SqlDialect } from './sql-dialect.js';
import type { Statement } from './sql-driver.js';

/** Stands for a value while a statement is compiled. */
class Slot<Name extends string> {
  constructor(readonly name: Name) {}
}

let count = 0;

/** A statement that is compiled once and bound again and again; the driver keeps it prepared on each connection. */
export class Prepared<Name extends string> {
  readonly #sql: string;
  readonly #slots: readonly (Name | undefined)[];
  readonly #constants: readonly unknown[];
  // a counter: the same in no two statements of the process, whatever their text
  readonly #name: string | undefined;

  /** @param write makes the statement; `slot(name)` is where a value will be */
  constructor(
    dialect: Pick<SqlDialect, 'compiler'>,
    write: (slot: (name: Name) => Sql) => Sql,
    named: 'named' | 'unnamed' = 'named',
  ) {
    const compiled = write((name) => sql`${new Slot(name)}`).compile(dialect.compiler);
    this.#sql = compiled.sql;
    this.#slots = compiled.parameters.map((value) =>
      value instanceof Slot ? (value.name as Name) : undefined,
    );
    this.#constants = compiled.parameters;
    this.#name = named === 'named' ? `skanu_${(count += 1)}` : undefined;
  }

  bind(values: Readonly<Record<Name, unknown>>, expects?: number): Statement {
    return {
      sql: this.#sql,
      parameters: this.#slots.map((name, place) =>
        name === undefined ? this.#constants[place] : values[name],
      ),
      ...(this.#name !== undefined && { name: this.#name }),
      ...(expects !== undefined && { expects }),
    };
  }
}
