import { describe, expect, it } from 'vitest';
import { UniqueViolationError } from '../../src/kernel/errors/store-errors.js';
import {
  connectError,
  isConnectionLoss,
  isStale,
  statementFailure,
  storeError,
} from '../../src/store/postgres/postgres-errors.js';

/** An error as the driver gives it for one of the server. */
function serverError(code: string, more: object = {}): Error {
  return Object.assign(new Error('in the language of the server'), { code, severity: 'FEHLER', ...more });
}

const context = { store: 'postgres://db/shop', doing: 'committing', lockWaitMs: 400, isLost: false };

describe('the errors of PostgreSQL', () => {
  it.each([
    ['40P01', 'STORE_DEADLOCK', true],
    ['40001', 'STORE_SERIALIZATION_FAILURE', true],
    ['57014', 'STORE_STATEMENT_TIMEOUT', true],
    ['55P03', 'STORE_BUSY', true],
    ['53100', 'STORE_FULL', true],
    ['53200', 'STORE_UNAVAILABLE', true],
    ['25006', 'STORE_READ_ONLY', true],
    ['42501', 'STORE_UNAVAILABLE', true],
    ['57P01', 'STORE_CONNECTION_LOST', true],
    ['25P03', 'STORE_CONNECTION_LOST', true],
    ['08006', 'STORE_CONNECTION_LOST', true],
    ['26000', 'STORE_CONNECTION_LOST', true],
    ['42P05', 'STORE_CONNECTION_LOST', true],
    ['0A000', 'STORE_FAILED', false],
    ['42P01', 'STORE_FAILED', false],
    ['22003', 'STORE_FAILED', false],
  ])('%s is %s', (state, code, retriable) => {
    const thrown = serverError(state);
    expect(storeError(thrown, context)).toMatchObject({ code, retriable, cause: thrown });
  });

  it('are told by their code, whatever the language and the severity', () => {
    expect(storeError(serverError('40P01', { severity: 'ERREUR' }), context).code).toBe('STORE_DEADLOCK');
  });

  it('of the system are a lost connection if it is gone, and nothing that can be named if it is not', () => {
    const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', errno: -104 });
    expect(isConnectionLoss(reset, true)).toBe(true);
    expect(storeError(reset, { ...context, isLost: true }).code).toBe('STORE_CONNECTION_LOST');
    expect(storeError(reset, context).code).toBe('STORE_FAILED');
    // EPIPE has five capitals, as a SQLSTATE has
    const pipe = Object.assign(new Error('write EPIPE'), { code: 'EPIPE', errno: -32 });
    expect(isConnectionLoss(pipe, true)).toBe(true);
  });

  it.each([
    ['26000', {}, true],
    ['42P05', {}, true],
    ['0A000', { routine: 'RevalidateCachedQuery' }, true],
    ['0A000', { routine: 'transformCreateStmt' }, false],
    ['25006', {}, true],
    ['40001', {}, false],
  ])('%s %o: the connection is given up: %s', (state, more, isGivenUp) => {
    expect(isStale(serverError(state, more))).toBe(isGivenUp);
  });

  it('about what a connection has prepared say that nothing was committed, and that it may be tried again', () => {
    const thrown = serverError('0A000', { routine: 'RevalidateCachedQuery' });
    expect(isConnectionLoss(thrown, true)).toBe(false);
    expect(storeError(thrown, context)).toMatchObject({ code: 'STORE_CONNECTION_LOST', retriable: true });
  });

  it('that a session is ended with say nothing about a COMMIT, others say that it has not happened', () => {
    expect(isConnectionLoss(serverError('57P01'), true)).toBe(true);
    expect(isConnectionLoss(serverError('40001'), true)).toBe(false);
  });

  it('of our own stay what they are', () => {
    const own = new UniqueViolationError('cups', ['name']);
    expect(storeError(own, context)).toBe(own);
    expect(connectError(own, context.store)).toBe(own);
  });

  it('about a unique index or a value that is too long for one are left to the writer of the statement', () => {
    const collision = serverError('23505', { constraint: 'cups_name_idx' });
    expect(statementFailure(collision, 2)).toMatchObject({
      kind: 'unique',
      place: 2,
      index: 'cups_name_idx',
    });
    expect(statementFailure(serverError('54000'), 0)).toMatchObject({ kind: 'too-long', place: 0 });
    expect(statementFailure(serverError('40P01'), 0)).toBeUndefined();
    expect(statementFailure(new Error('none of the server'), 0)).toBeUndefined();
  });

  it.each([
    ['28P01', 'password'],
    ['28000', 'user'],
    ['3D000', 'database'],
    ['53300', 'max_connections'],
    ['42501', 'CONNECT'],
    ['57P03', 'up and reachable'],
  ])('%s when a connection is made says what to look at', (state, word) => {
    const error = connectError(serverError(state), context.store);
    expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE', help: expect.stringContaining(word) });
  });
});
