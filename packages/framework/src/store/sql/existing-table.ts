/** A column as the database has it. */
export interface ExistingColumn {
  readonly name: string;
  /** Exactly as `SqlDialect.columnTypes` has it, when it is one of ours; with the collation where that counts. */
  readonly type: string;
  readonly nullable: boolean;
  readonly hasDefault: boolean;
}

/** An index as the database has it. Those over a part of the rows, and over expressions, are left out. */
export interface ExistingIndex {
  readonly name: string;
  readonly unique: boolean;
  readonly columns: readonly string[];
}

export interface ExistingTable {
  readonly columns: readonly ExistingColumn[];
  /** With the one of the primary key. */
  readonly indexes: readonly ExistingIndex[];
}
