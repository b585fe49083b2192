import { sql } from 'kysely';
import type { Lease, Leases } from '../leases.js';
import { identityText } from './identity-text.js';
import { Prepared } from './prepared.js';
import type { SqlDatabase } from './sql-database.js';
import type { SqlDialect } from './sql-dialect.js';
import type { Statement } from './sql-driver.js';

/** Leases in a table. One that was given back stays as a row without owner: it keeps the last token. */
export class SqlLeases implements Leases {
  readonly #take: Prepared<'name' | 'owner' | 'ttl'>;
  readonly #token: Prepared<'name'>;
  readonly #begin: Prepared<'name'>;
  readonly #renew: Prepared<'name' | 'owner' | 'token' | 'ttl'>;
  readonly #release: Prepared<'name' | 'owner' | 'token'>;
  readonly #isHeld: Prepared<'name' | 'owner' | 'token'>;

  constructor(
    private readonly database: SqlDatabase,
    private readonly dialect: SqlDialect,
  ) {
    const { nowMs, insertOrIgnore } = dialect.expressions;
    this.#take = new Prepared(
      dialect,
      (
        slot,
      ) => sql`UPDATE skanu_leases SET owner = ${slot('owner')}, token = token + 1, expires_at = ${nowMs} + ${slot('ttl')}
        WHERE name = ${slot('name')} AND (owner IS NULL OR owner = ${slot('owner')} OR expires_at <= ${nowMs})`,
    );
    this.#token = new Prepared(
      dialect,
      (slot) => sql`SELECT token FROM skanu_leases WHERE name = ${slot('name')}`,
    );
    this.#begin = new Prepared(dialect, (slot) =>
      insertOrIgnore(
        sql`skanu_leases`,
        [sql`name`, sql`token`, sql`expires_at`],
        sql`VALUES (${slot('name')}, 0, 0)`,
      ),
    );
    const held = (slot: (name: 'name' | 'owner' | 'token') => unknown) =>
      sql`name = ${slot('name')} AND owner = ${slot('owner')} AND token = ${slot('token')}`;
    this.#renew = new Prepared(
      dialect,
      (slot) => sql`UPDATE skanu_leases SET expires_at = ${nowMs} + ${slot('ttl')} WHERE ${held(slot)}`,
    );
    this.#release = new Prepared(
      dialect,
      (slot) => sql`UPDATE skanu_leases SET owner = NULL WHERE ${held(slot)}`,
    );
    this.#isHeld = new Prepared(
      dialect,
      (slot) => sql`SELECT token FROM skanu_leases WHERE ${held(slot)} FOR UPDATE`,
    );
  }

  async acquire(name: string, owner: string, ttlMs: number): Promise<Lease | undefined> {
    const row = { name: identityText(name), owner: identityText(owner), ttl: ttlMs };
    const statements = [this.#take.bind(row), this.#token.bind(row)];
    const [taken, read] = await this.database.transaction('acquiring a lease', (transaction) =>
      transaction.run(statements, 'last'),
    );
    const stored = read!.rows[0];
    if (!stored) {
      await this.database.query('acquiring a lease', this.#begin.bind(row));
      return this.acquire(name, owner, ttlMs);
    }
    return taken!.affected === 1
      ? { name, owner, token: this.dialect.values.toNumber(stored['token']) }
      : undefined;
  }

  async renew(lease: Lease, ttlMs: number): Promise<boolean> {
    const statement = this.#renew.bind({ ...identity(lease), ttl: ttlMs });
    return (await this.database.query('renewing a lease', statement)).affected === 1;
  }

  async release(lease: Lease): Promise<void> {
    await this.database.query('releasing a lease', this.#release.bind(identity(lease)));
  }

  /** Fails with a `StatementFailure` when somebody has taken the lease over; nobody can do so until the transaction ends. */
  assertHeld(lease: Lease): Statement {
    return this.#isHeld.bind(identity(lease), 1);
  }
}

function identity({ name, owner, token }: Lease): { name: string; owner: string; token: number } {
  return { name: identityText(name), owner: identityText(owner), token };
}
