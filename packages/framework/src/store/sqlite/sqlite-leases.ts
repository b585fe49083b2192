import { hasEnded, processIdentity } from '../../sqlite/process-identity.js';
import type { StatementCache } from '../../sqlite/statement-cache.js';
import type { Lease, Leases } from '../leases.js';
import type { SqliteDatabase } from './sqlite-database.js';
import { NOW_MS } from './sqlite-time.js';

const HOLDER = `SELECT owner, process FROM skanu_leases
  WHERE name = ? AND owner IS NOT NULL AND expires_at > ${NOW_MS}`;
const TAKE = `INSERT INTO skanu_leases (name, owner, process, token, expires_at) VALUES (?, ?, ?, 1, ${NOW_MS} + ?)
  ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, process = excluded.process, token = token + 1,
    expires_at = excluded.expires_at RETURNING token`;
const HELD = 'name = ? AND owner = ? AND token = ?';
const RENEW = `UPDATE skanu_leases SET expires_at = ${NOW_MS} + ? WHERE ${HELD}`;
const RELEASE = `UPDATE skanu_leases SET owner = NULL WHERE ${HELD}`;
const IS_HELD = `SELECT 1 FROM skanu_leases WHERE ${HELD}`;

/** Leases in a table. A process that died is noticed at once by the others of its machine. */
export class SqliteLeases implements Leases {
  constructor(private readonly database: SqliteDatabase) {}

  acquire(name: string, owner: string, ttlMs: number): Promise<Lease | undefined> {
    return this.database.write(
      'acquiring a lease',
      (sql) => {
        const holder = sql.get<{ owner: string; process: string }>(HOLDER, [name]);
        if (holder && holder.owner !== owner && !hasEnded(holder.process)) return undefined;
        const { token } = sql.get<{ token: number }>(TAKE, [name, owner, processIdentity(), ttlMs])!;
        return { name, owner, token };
        // a power cut ends all who could hold it
      },
      { durability: 'buffered' },
    );
  }

  renew(lease: Lease, ttlMs: number): Promise<boolean> {
    return this.database.write(
      'renewing a lease',
      (sql) => sql.run(RENEW, [ttlMs, ...identity(lease)]) === 1,
      { durability: 'buffered' },
    );
  }

  async release(lease: Lease): Promise<void> {
    await this.database.write('releasing a lease', (sql) => sql.run(RELEASE, identity(lease)), {
      durability: 'buffered',
      announce: true,
    });
  }
}

/** Whether nobody has taken the lease over. To be asked in the transaction that relies on it. */
export function holds(sql: StatementCache, lease: Lease): boolean {
  return sql.get(IS_HELD, identity(lease)) !== undefined;
}

function identity({ name, owner, token }: Lease): [string, string, number] {
  return [name, owner, token];
}
