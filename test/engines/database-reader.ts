import { DatabaseSync } from 'node:sqlite';
import { createConnection } from 'mysql2/promise';
import { Client, type CustomTypesConfig, types } from 'pg';

/** What a test reads from a database of which it knows the columns. */
export type Row = Record<string, any>;

/** Looks into a database, whoever else uses it. Names are quoted as in standard SQL: `"orderId"`. */
export interface DatabaseReader {
  rows(sql: string): Promise<Row[]>;
  close(): Promise<void>;
}

/** So that a server that is silent makes a test fail, and not hang. */
const PATIENCE_MS = 15_000;

/** A reader of the database that a URL names: `sqlite:PATH`, `postgres://…`, `mariadb://…`. */
export function readerOf(url: string): DatabaseReader {
  if (url.startsWith('sqlite:')) return sqliteReader(url.slice('sqlite:'.length));
  return new Reconnecting(() => (url.startsWith('postgres:') ? postgres(url) : mariadb(url)));
}

function sqliteReader(path: string): DatabaseReader {
  return {
    rows: async (sql) => {
      const file = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
      try {
        return file.prepare(sql).all();
      } finally {
        file.close();
      }
    },
    close: async () => {},
  };
}

/** A reader with one connection, and a new one when that broke: servers are killed here. */
class Reconnecting implements DatabaseReader {
  readonly #connect: () => Promise<DatabaseReader>;
  #open: Promise<DatabaseReader> | undefined;

  constructor(connect: () => Promise<DatabaseReader>) {
    this.#connect = connect;
  }

  async rows(sql: string): Promise<Row[]> {
    try {
      return await this.#rows(sql);
    } catch {
      await this.close();
      return this.#rows(sql);
    }
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.then((reader) => reader.close()).catch(() => {});
  }

  async #rows(sql: string): Promise<Row[]> {
    return (await (this.#open ??= this.#connect())).rows(sql);
  }
}

async function postgres(url: string): Promise<DatabaseReader> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
    // the numbers here are safe integers, in a column of 64 bits or not
    types: {
      getTypeParser: ((oid: Parameters<typeof types.getTypeParser>[0]) =>
        oid === types.builtins.INT8
          ? Number
          : types.getTypeParser(oid)) as CustomTypesConfig['getTypeParser'],
    },
  });
  // the next query says so
  client.on('error', () => {});
  await client.connect();
  return {
    rows: async (sql) => (await client.query<Row>(sql)).rows,
    close: () => client.end(),
  };
}

async function mariadb(url: string): Promise<DatabaseReader> {
  const connection = await createConnection({
    uri: url,
    supportBigNumbers: true,
    connectTimeout: PATIENCE_MS,
  });
  connection.on('error', () => {});
  await connection.query(`SET sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES')`);
  return {
    rows: async (sql) => (await connection.query({ sql, timeout: PATIENCE_MS }))[0] as Row[],
    close: async () => connection.destroy(),
  };
}
