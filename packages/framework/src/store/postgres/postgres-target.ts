import { StoreUnavailableError } from '../../kernel/errors/store-errors.js';
import type { SqlStoreOptions } from '../sql/sql-store-options.js';

const DEFAULT_PORT = 5432;

/** Where a database is and who asks for it. */
export interface PostgresTarget {
  /** For messages: the URL without user, password and parameters. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
}

/** @throws StoreUnavailableError when the URL is none, names no database, or has parameters */
export function postgresTarget(options: Pick<SqlStoreOptions, 'url' | 'user' | 'password'>): PostgresTarget {
  const url = URL.parse(options.url);
  const database = decoded(url?.pathname.slice(1) ?? '');
  // what can't be read is not shown: who forgot to escape a password has it anywhere in the URL
  if (!url || database === undefined || /[@/]/.test(database)) {
    throw unusable(
      'of this service',
      'Give a URL such as postgres://user:password@host:5432/database, each part URL-encoded.',
    );
  }
  const name = `postgres://${url.host}/${database}`;
  if (database === '')
    throw unusable(name, 'Name a database at the end of the URL: postgres://host:5432/database.');
  if (url.search !== '')
    throw unusable(name, 'Leave the parameters out of the URL: there are settings in their place.');
  return {
    name,
    // an IPv6 address stands in brackets in a URL only
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? DEFAULT_PORT : Number(url.port),
    database,
    user: options.user ?? given(url.username),
    password: options.password ?? given(url.password),
  };
}

function given(part: string): string | undefined {
  return part === '' ? undefined : decoded(part);
}

/** Undefined: it is not URL-encoded rightly. */
function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

function unusable(name: string, help: string): StoreUnavailableError {
  return new StoreUnavailableError(name, undefined, help);
}
