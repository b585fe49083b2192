import type { z } from 'zod';
import { NoUnitOfWorkError } from '../kernel/errors/model-errors.js';

export type OperationMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What one call can ask for beyond its input. */
export interface CallOptions {
  /** Gives the call up. */
  readonly signal?: AbortSignal;
  /** A shorter or longer limit than the client's, in milliseconds. */
  readonly timeoutMs?: number;
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
export interface OperationNote {
  readonly method: OperationMethod;
  readonly path: string;
  readonly query: z.ZodObject | undefined;
  readonly body: z.ZodType | undefined;
  /** What the answer must be like; undefined: its body is not read. */
  readonly returns: z.ZodType | undefined;
}

const notes = new WeakMap<object, OperationNote>();

/** The note of a function that `get`, `post`, … made; undefined for anything else. */
export function operationNoteOf(value: unknown): OperationNote | undefined {
  return typeof value === 'function' ? notes.get(value) : undefined;
}

interface Reads<Q, R> {
  readonly query?: Q;
  readonly returns: R;
}
interface Writes<Q, B, R> {
  readonly query?: Q;
  readonly body?: B;
  readonly returns?: R;
}
type Query = z.ZodObject | undefined;
type Schema = z.ZodType | undefined;

function operation<P extends string, Q extends Query, B extends Schema, R extends Schema>(
  method: OperationMethod,
  path: P,
  options: Writes<Q, B, R>,
): Operation<P, Q, B, R> {
  const unwired = () =>
    Promise.reject(new NoUnitOfWorkError(`${method} ${path} of a client that was made with new`));
  notes.set(unwired, { method, path, query: options.query, body: options.body, returns: options.returns });
  return unwired;
}

/** A `GET` of a client. @example readonly byOrder = get('/payments/search/findByOrderId', { query: z.object({ orderId: z.number() }), returns: payments }); */
export const get = <P extends string, R extends z.ZodType, Q extends Query = undefined>(
  path: P,
  options: Reads<Q, R>,
) => operation<P, Q, undefined, R>('GET', path, options);
const write =
  (method: OperationMethod) =>
  <P extends string, B extends Schema = undefined, R extends Schema = undefined, Q extends Query = undefined>(
    path: P,
    options: Writes<Q, B, R> = {},
  ) =>
    operation<P, Q, B, R>(method, path, options);

/** A `POST` of a client. @example readonly approve = post('/payments', { body: paymentRequest, returns: paymentView }); */
export const post = write('POST');
/** A `PUT` of a client. */
export const put = write('PUT');
/** A `PATCH` of a client. */
export const patch = write('PATCH');
/** A `DELETE` of a client. */
export const del = <P extends string, R extends Schema = undefined, Q extends Query = undefined>(
  path: P,
  options: Writes<Q, undefined, R> = {},
) => operation<P, Q, undefined, R>('DELETE', path, options);
