import { describe, expect, it } from 'vitest';
import { SkanuError } from '../../src/kernel/errors/skanu-error.js';
import { StoreUnavailableError } from '../../src/kernel/errors/store-errors.js';
import { connectionTarget } from '../../src/store/mariadb/connection-target.js';
import { collidingKey, connectError, statementError } from '../../src/store/mariadb/mariadb-errors.js';

const context = { store: 'mariadb://db/order', doing: 'committing', lockWaitMs: 4_000 };

function fromServer(errno: number, sqlMessage = '') {
  return Object.assign(new Error(sqlMessage), { errno, sqlState: 'HY000', sqlMessage });
}

describe('an error of the server', () => {
  it.each([
    [1213, 'STORE_DEADLOCK'],
    [1020, 'STORE_SERIALIZATION_FAILURE'],
    [1205, 'STORE_BUSY'],
    [1969, 'STORE_STATEMENT_TIMEOUT'],
    [3024, 'STORE_STATEMENT_TIMEOUT'],
    [1021, 'STORE_FULL'],
    [1114, 'STORE_FULL'],
    [1290, 'STORE_READ_ONLY'],
    [1836, 'STORE_READ_ONLY'],
    [1053, 'STORE_CONNECTION_LOST'],
    [1927, 'STORE_CONNECTION_LOST'],
    [1142, 'STORE_UNAVAILABLE'],
    [1040, 'STORE_UNAVAILABLE'],
    [1062, 'UNIQUE_VIOLATION'],
    [1064, 'STORE_FAILED'],
  ])('%d becomes %s', (errno, code) => {
    const thrown = fromServer(errno);
    expect(statementError(thrown, context)).toMatchObject({ code, cause: thrown });
  });

  it.each([
    [1026, `Error writing file './binlog' (Errcode: 28 "No space left on device")`],
    [1030, 'Got error 28 "No space left on device" from storage engine InnoDB'],
    [1030, `Got error 28 - 'No space left on device' from storage engine`],
    [3, `Error writing file '/tmp/MLa1' (OS errno 28 - No space left on device)`],
  ])('%d with the number of the system for a full disk becomes STORE_FULL: %s', (errno, message) => {
    expect(statementError(fromServer(errno, message), context).code).toBe('STORE_FULL');
  });

  it.each([
    [1026, `Error writing file './28' (Errcode: 5 "Input/output error")`],
    [1030, 'Got error 128 "Out of memory in engine" from storage engine InnoDB'],
    [1064, `You have an error near 'Errcode: 28'`],
  ])('%d with another becomes STORE_FAILED: %s', (errno, message) => {
    expect(statementError(fromServer(errno, message), context).code).toBe('STORE_FAILED');
  });

  it('while connecting says which of login, rights and room is missing', () => {
    const helps = [1045, 1044, 1040, 2000].map(
      (errno) => connectError(fromServer(errno), context.store).help,
    );
    expect(new Set(helps).size).toBe(4);
  });

  it('of the socket is a connection that is lost, also when it has a number', () => {
    const refused = Object.assign(new Error('read ECONNRESET'), { errno: -104, code: 'ECONNRESET' });
    expect(statementError(refused, context)).toMatchObject({ code: 'STORE_CONNECTION_LOST' });
    expect(connectError(refused, context.store).code).toBe('STORE_UNAVAILABLE');
  });

  it('of TLS says what to look at', () => {
    const refused = Object.assign(new Error('self-signed certificate'), { code: 'HANDSHAKE_SSL_ERROR' });
    expect(connectError(refused, context.store).help).toContain('DATABASE_TLS_CA');
  });

  it('of our own stays what it is', () => {
    const own = new StoreUnavailableError('a');
    expect(statementError(own, context)).toBe(own);
  });

  it.each([
    [`Duplicate entry 'a' for key '(name) unique'`, '(name) unique'],
    [`Duplicate entry 'a' for key 'cups.(name) unique'`, '(name) unique'],
    [`Duplicate entry 'it's for key '(qty)'' for key 'PRIMARY'`, 'PRIMARY'],
    ['in other words', undefined],
  ])('that tells a collision by %s names the key', (sqlMessage, key) => {
    expect(collidingKey(fromServer(1062, sqlMessage))).toBe(key);
  });
});

describe('the URL of a database', () => {
  it('says where it is, and the name of it has no secret', () => {
    expect(connectionTarget({ url: 'mariadb://order%40cafe:a%20secret%2F@[::1]:3307/order%20data' })).toEqual(
      {
        flavor: 'mariadb',
        name: 'mariadb://[::1]:3307/order data',
        host: '::1',
        port: 3_307,
        database: 'order data',
        user: 'order@cafe',
        password: 'a secret/',
      },
    );
  });

  it('gives way to user and password that are set, and leaves out what nobody has said', () => {
    const url = 'mysql://one:a@db/order';
    expect(connectionTarget({ url, user: 'two', password: 'b' })).toMatchObject({
      user: 'two',
      password: 'b',
    });
    const bare = connectionTarget({ url: 'mysql://db/order' });
    expect(bare).toMatchObject({ flavor: 'mysql', port: 3_306, user: undefined, password: undefined });
  });

  it.each([
    'mariadb://db',
    'mariadb://db/',
    'mariadb://db/order?ssl=secret',
    'mariadb://root:12/secret@db/order',
    'mariadb://root:%secret@db/%order',
    'no url, a secret',
  ])('%s is refused, and not shown', (url) => {
    const refused = () => connectionTarget({ url });
    expect(refused).toThrow(SkanuError);
    expect(refused).not.toThrow(/secret/);
  });
});
