import {
  InterceptorError,
  RemoteRefusedError,
  RemoteUnreachableError,
} from '../../kernel/errors/remote-errors.js';

/** No connection came about. */
const NO_CONNECTION = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);

/** The same, where it was connecting that failed: a connection that there is can end with these too. */
const NO_CONNECTION_WHILE_CONNECTING = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT']);

/** Whether an error of the HTTP client says that nothing of the request has left: the other service has not seen it. */
export function wasUnsent(error: unknown): boolean {
  // where several addresses of a host were tried, the code of the whole is that of the first
  const { code = '', syscall } = (error ?? {}) as { readonly code?: unknown; readonly syscall?: unknown };
  if (typeof code !== 'string') return false;
  const wasConnecting = syscall === 'connect' || error instanceof AggregateError;
  return NO_CONNECTION.has(code) || (wasConnecting && NO_CONNECTION_WHILE_CONNECTING.has(code));
}

/** Codes with which a service of the framework refuses at its door. */
const AT_THE_DOOR = new Set(['OVERLOADED', 'NOT_READY']);
/** The same; or a call of its own came too late, in the middle of what it had begun. */
const TOO_LATE = new Set(['DEADLINE_EXCEEDED']);

/** Whether the other service has refused a request for lack of room or time: it works. */
export function wasShed(error: unknown): boolean {
  return wasRefusedWith(error, AT_THE_DOOR) || wasRefusedWith(error, TOO_LATE);
}

function wasRefusedWith(error: unknown, codes: ReadonlySet<string>): boolean {
  return error instanceof RemoteRefusedError && error.status === 503 && codes.has(error.problem?.code ?? '');
}

/**
 * Whether the other service may have begun what it was asked for, as far as the error of one attempt can tell: false only where it is certain that it has not. One
 * that has failed because of a service that it calls itself (`REMOTE_…`) has begun.
 */
export function wasBegun(error: unknown): boolean {
  if (error instanceof RemoteUnreachableError) return !wasUnsent(error.cause);
  return !(error instanceof InterceptorError || wasRefusedWith(error, AT_THE_DOOR));
}
