import type { FieldError } from '../kernel/errors/model-errors.js';
import { InvalidInputError, InvalidStateError } from '../kernel/errors/model-errors.js';
import { type RemoteProblem, RemoteRefusedError } from '../kernel/errors/remote-errors.js';
import { UnstorableValueError } from '../kernel/errors/store-errors.js';
import { SkanuError } from '../kernel/errors/skanu-error.js';
import { httpStatusOf } from './http-status.js';

export const PROBLEM_JSON = 'application/problem+json';

/** An error as HTTP clients see it (RFC 9457). */
export interface Problem {
  /** `urn:skanu:error:` and the code. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The path of the request. */
  readonly instance?: string;
  /** Stable, to be matched on. */
  readonly code: string;
  /** What the reader can do about it. */
  readonly help: string;
  readonly errors?: readonly FieldError[];
  /** What the other service said, where this one only passes its refusal on. */
  readonly remote?: RemoteProblem & { readonly status: number };
  /** Finds the request in the logs. */
  readonly traceId?: string;
}

/** A problem, and the header that belongs to it. */
export interface ProblemAnswer {
  readonly problem: Problem;
  readonly retryAfter: string | undefined;
}

/** Makes the answer for anything that was thrown. Of an error that is not meant for clients it tells nothing but its code. */
export function problemOf(error: unknown, request: Pick<Problem, 'instance' | 'traceId'>): ProblemAnswer {
  const known = httpStatusOf(error);
  const code = error instanceof SkanuError ? error.code : 'INTERNAL';
  const shown = known && error instanceof SkanuError ? error : undefined;
  const problem: Problem = {
    type: `urn:skanu:error:${code}`,
    title: titleOf(code),
    status: known?.status ?? 500,
    detail: shown ? withoutCredentials(shown.message) : 'the service failed while it answered this request',
    ...request,
    code,
    help: shown?.help ?? 'Look in the log of the service for the trace id.',
    ...fieldErrorsOf(error),
    ...remoteOf(error),
  };
  return { problem, retryAfter: known?.retryAfter };
}

/** `VERSION_CONFLICT` as `Version conflict`. */
function titleOf(code: string): string {
  const words = code.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Messages name URLs, and URLs may hold a password. */
function withoutCredentials(message: string): string {
  return message.replaceAll(/\/\/[^/@\s]+@/g, '//');
}

function fieldErrorsOf(error: unknown): Pick<Problem, 'errors'> {
  if (error instanceof InvalidInputError || error instanceof InvalidStateError)
    return { errors: error.errors };
  return error instanceof UnstorableValueError
    ? { errors: [{ pointer: `/${error.column}`, detail: error.why }] }
    : {};
}

function remoteOf(error: unknown): Pick<Problem, 'remote'> {
  if (!(error instanceof RemoteRefusedError)) return {};
  const { type, title, detail, code, errors } = error.problem ?? {};
  return {
    remote: {
      ...(type !== undefined && { type }),
      ...(title !== undefined && { title }),
      status: error.status,
      ...(detail !== undefined && { detail }),
      ...(code !== undefined && { code }),
      ...(errors !== undefined && { errors }),
    },
  };
}
