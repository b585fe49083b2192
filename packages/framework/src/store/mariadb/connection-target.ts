import { StoreUnavailableError } from '../../kernel/errors/store-errors.js';
import type { SqlStoreOptions } from '../sql/sql-store-options.js';

/** Which server speaks at the other end: told by the scheme of the URL, because the SQL of some tables depends on it. */
export type MariadbFlavor = 'mariadb' | 'mysql';

const DEFAULT_PORT = 3306;

/** Where a database is and who asks for it. */
export interface ConnectionTarget {
  readonly flavor: MariadbFlavor;
  /** For messages: the URL without user, password and parameters. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
}

/** @throws StoreUnavailableError when the URL is none, or names no database */
export function connectionTarget(
  options: Pick<SqlStoreOptions, 'url' | 'user' | 'password'>,
): ConnectionTarget {
  const url = URL.parse(options.url);
  const database = decoded(url?.pathname.slice(1) ?? '');
  // what can't be read is not shown: who forgot to escape a password has it anywhere in the URL
  if (!url || database === undefined || /[@/]/.test(database)) {
    throw unusable(
      'of this service',
      'Give a URL such as mariadb://user:password@host:3306/database, each part URL-encoded.',
    );
  }
  const flavor = url.protocol === 'mysql:' ? 'mysql' : 'mariadb';
  const name = `${flavor}://${url.host}/${database}`;
  if (database === '')
    throw unusable(name, 'Name a database at the end of the URL: mariadb://host:3306/database.');
  if (url.search !== '')
    throw unusable(name, 'Leave the parameters out of the URL: there are settings in their place.');
  return {
    flavor,
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
