import type { z } from 'zod';
import { NoUnitOfWorkError } from '../kernel/errors/model-errors.js';
import type { ResilienceOptions } from './resilience.js';

export type OperationMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What one call can ask for beyond its input. */
export interface CallOptions {
  /** Gives the call up. */
  readonly signal?: AbortSignal;
  /** A shorter or longer limit than the client's, in milliseconds. */
  readonly timeoutMs?: number;
  /** Sent as `Idempotency-Key` of a write. Default: a new one for each call. Not for an operation with `undo`. */
  readonly idempotencyKey?: string;
}

/** The names in a path template: `'/payments/{id}'` gives `'id'`. */
export type PathNames<P extends string> = P extends `${string}{${infer N}}${infer Rest}`
  ? N | PathNames<Rest>
  : never;

type PathValues<P extends string> = [PathNames<P>] extends [never]
  ? object
  : Readonly<Record<PathNames<P>, string | number>>;
type QueryValues<Q> = Q extends z.ZodObject ? Readonly<z.input<Q>> : object;
type Parameters_<P extends string, Q> = [PathNames<P>] extends [never]
  ? Q extends z.ZodObject
    ? [parameters: QueryValues<Q>]
    : []
  : [parameters: PathValues<P> & QueryValues<Q>];
type Body_<B> = B extends z.ZodType ? [body: z.input<B>] : [];
type Returned<R> = R extends z.ZodType ? z.output<R> : void;

/** An operation as it is called: parameters (if its path or query has any), body (if it has one), options. */
export type Operation<P extends string, Q, B, R> = (
  ...args: [...Parameters_<P, Q>, ...Body_<B>, options?: CallOptions]
) => Promise<Returned<R>>;

/** What is known of an operation. */
export interface OperationNote extends ResilienceOptions {
  readonly method: OperationMethod;
  readonly path: string;
  readonly query: z.ZodObject | undefined;
  readonly body: z.ZodType | undefined;
  /** How the body travels. */
  readonly bodyKind: 'json' | 'form';
  /** What the answer must be like; undefined: its body is not read. */
  readonly returns: z.ZodType | undefined;
  /** Gives the answer when there is none. */
  readonly fallback: ((error: unknown, ...args: readonly unknown[]) => unknown) | undefined;
  /** The path whose `DELETE` takes a call back, with `{key}`: what the call was made with as `Idempotency-Key`. */
  readonly undoPath: string | undefined;
}

const notes = new WeakMap<object, OperationNote>();

/** The note of a function that `get`, `post`, … made; undefined for anything else. */
export function operationNoteOf(value: unknown): OperationNote | undefined {
  return typeof value === 'function' ? notes.get(value) : undefined;
}

/** What takes the place of an answer: itself, or what gives it (an object that is a function cannot be an answer). */
export type Fallback<R> = R extends z.ZodType
  ? z.output<R> | ((error: unknown, ...args: never[]) => z.output<R> | Promise<z.output<R>>)
  : never;

interface Reads<Q, R> extends ResilienceOptions {
  readonly query?: Q;
  readonly returns: R;
  /** The answer when the other service gives none: a value, or a function of the error and the arguments. */
  readonly fallback?: Fallback<R>;
}
interface Writes<Q, B, R> extends ResilienceOptions {
  readonly query?: Q;
  readonly body?: B;
  /** `form`: as `application/x-www-form-urlencoded`. Default: `json`. */
  readonly bodyKind?: 'json' | 'form';
  readonly returns?: R;
  readonly fallback?: Fallback<R>;
}
interface Creates<Q, B, R> extends Writes<Q, B, R> {
  /**
   * The call is undone when it fails, and unless the unit of work that makes it is committed, whatever happens: an error, a lost answer, a `kill -9`.
   * `true`: by `DELETE {path}/requests/{key}`, which a service of this framework has for an aggregate with `@Undo`. Else the path whose `DELETE` does it, with `{key}` in it.
   */
  readonly undo?: true | `${string}{key}${string}`;
}
type Query = z.ZodObject | undefined;
type Schema = z.ZodType | undefined;

interface AllOptions<Q, B, R> extends Writes<Q, B, R> {
  readonly undo?: true | string;
}

function operation<P extends string, Q extends Query, B extends Schema, R extends Schema>(
  method: OperationMethod,
  path: P,
  options: AllOptions<Q, B, R>,
): Operation<P, Q, B, R> {
  const unwired = () =>
    Promise.reject(new NoUnitOfWorkError(`${method} ${path} of a client that was made with new`));
  const { query, body, returns, bodyKind = 'json', fallback, undo, ...resilience } = options;
  notes.set(unwired, {
    ...resilience,
    method,
    path,
    query,
    body,
    bodyKind,
    returns,
    fallback: fallbackOf(options, fallback),
    undoPath: undo === true ? `${path}/requests/{key}` : undo,
  });
  return unwired;
}

function fallbackOf(options: object, fallback: unknown): OperationNote['fallback'] {
  if (!('fallback' in options)) return undefined;
  return typeof fallback === 'function'
    ? (fallback as OperationNote['fallback'])
    : () => structuredClone(fallback);
}

/** A `GET` of a client. @example readonly byOrder = get('/payments/search/findByOrderId', { query: z.object({ orderId: z.number() }), returns: payments }); */
export const get = <P extends string, R extends z.ZodType, Q extends Query = undefined>(
  path: P,
  options: Reads<Q, R>,
) => operation<P, Q, undefined, R>('GET', path, options);
/** A `HEAD` of a client: whether it is there. An answer of 404 and the like is a `RemoteRefusedError`. */
export const head = <P extends string, Q extends Query = undefined>(
  path: P,
  options: Writes<Q, undefined, undefined> = {},
) => operation<P, Q, undefined, undefined>('HEAD', path, options);
const write =
  (method: OperationMethod) =>
  <P extends string, B extends Schema = undefined, R extends Schema = undefined, Q extends Query = undefined>(
    path: P,
    options: Writes<Q, B, R> = {},
  ) =>
    operation<P, Q, B, R>(method, path, options);

/** A `POST` of a client. @example readonly approve = post('/payments', { body: paymentRequest, returns: paymentView }); */
export const post = <
  P extends string,
  B extends Schema = undefined,
  R extends Schema = undefined,
  Q extends Query = undefined,
>(
  path: P,
  options: Creates<Q, B, R> = {},
) => operation<P, Q, B, R>('POST', path, options);
/** A `PUT` of a client. */
export const put = write('PUT');
/** A `PATCH` of a client. */
export const patch = write('PATCH');
/** A `DELETE` of a client. */
export const del = <P extends string, R extends Schema = undefined, Q extends Query = undefined>(
  path: P,
  options: Writes<Q, undefined, R> = {},
) => operation<P, Q, undefined, R>('DELETE', path, options);
