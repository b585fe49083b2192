import { createHash } from 'node:crypto';
import type { IndexDefinition, TableDefinition } from '../table-definition.js';
import { quoted } from './mariadb-identifier.js';
import { isLong } from './mariadb-types.js';

/** The most bytes of an entry of an index in InnoDB. */
const ENTRY_BYTES = 3_072;
/** What the columns of an entry take that are not long, with what InnoDB adds to each. */
const SHORT_BYTES = 10;
const DIGEST_BYTES = 32;
const BYTES_OF_CHARACTER = 4;
/** The beginning of a text that is in an index, at the most: more would make pages of few entries. */
const PREFIX = 190;

/**
 * An index over text has the beginning of each text only, which is enough to find rows, but not to tell them apart. So a unique one has one more
 * column at its end: a digest (SHA-256) of the whole texts, which the server makes and nobody sees. Texts of any length can be unique that
 * way, on MariaDB as on MySQL. A digest of a text that is null is null, and collides with none.
 */
export function hasDigest(table: TableDefinition, index: IndexDefinition): boolean {
  return index.unique && longColumns(table, index).length > 0;
}

/** A name that tells what is in the index; no two indexes of a table have the same. */
export function indexName({ columns, unique }: IndexDefinition): string {
  const readable = `(${columns.join(', ')})${unique ? ' unique' : ''}`;
  // what has other signs could be read in two ways, or be cut off by the limit of 64
  if (columns.every((column) => /^\w+$/.test(column)) && readable.length <= 56) return readable;
  return createHash('sha256')
    .update(JSON.stringify([columns, unique]))
    .digest('hex')
    .slice(0, 56);
}

/** The name of the column with the digest of an index. */
export function digestName(index: string): string {
  return `${index} digest`;
}

/** `ADD COLUMN` of the digest of an index. */
export function addDigest(table: TableDefinition, index: IndexDefinition): string {
  const digests = longColumns(table, index).map((column) => digestOf(quoted(column)));
  // the digest of digests, which have one length: or 'a', 'bc' would be the same as 'ab', 'c'
  const digest = digests.length === 1 ? digests[0]! : digestOf(`CONCAT(${digests.join(', ')})`);
  // stored: an index on a column that is made when it is read has a history of faults
  return `ADD COLUMN ${quoted(digestName(indexName(index)))} BINARY(${DIGEST_BYTES}) GENERATED ALWAYS AS (${digest}) STORED INVISIBLE`;
}

/** In bytes: the letters of SHA2 are in the character set of whoever inserts a row. */
function digestOf(text: string): string {
  return `UNHEX(SHA2(${text}, 256))`;
}

/** The columns of an index as its definition takes them. */
export function indexParts(table: TableDefinition, index: IndexDefinition): string {
  const long = longColumns(table, index);
  const room = ENTRY_BYTES - DIGEST_BYTES - SHORT_BYTES * (index.columns.length + 1);
  const prefix = Math.min(PREFIX, Math.floor(room / (BYTES_OF_CHARACTER * long.length)));
  const parts = index.columns.map((column) => quoted(column) + (long.includes(column) ? `(${prefix})` : ''));
  if (hasDigest(table, index)) parts.push(quoted(digestName(indexName(index))));
  return parts.join(', ');
}

function longColumns(table: TableDefinition, { columns }: IndexDefinition): readonly string[] {
  return columns.filter((name) => {
    const column = table.columns.find((one) => one.name === name);
    return column !== undefined && isLong(column.type);
  });
}
