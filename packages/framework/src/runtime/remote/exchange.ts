import { type Dispatcher, errors, request } from 'undici';
import {
  RemoteBadAnswerError,
  RemoteCallAbortedError,
  type RemoteProblem,
  RemoteRefusedError,
  RemoteTimeoutError,
  RemoteUnreachableError,
} from '../../kernel/errors/remote-errors.js';
import { messageOf } from '../../kernel/errors/skanu-error.js';
import { parseJson } from '../../kernel/exact-json.js';
import { remoteProblem } from './remote-problem.js';
import type { RemoteRequest } from './request-template.js';

export interface Exchange extends RemoteRequest {
  /** How the operation is called in messages: `payment.approve`. */
  readonly operation: string;
  readonly dispatcher: Dispatcher;
  /** For all of it: connecting, sending, waiting, reading. */
  readonly timeoutMs: number;
  /** Any of them gives the call up. */
  readonly signals: readonly AbortSignal[];
  readonly expectsBody: boolean;
}

/** The other service was reached, but what it sends is no HTTP, or more than is read. */
const NO_ANSWERS = [errors.HTTPParserError, errors.HeadersOverflowError, errors.ResponseExceededMaxSizeError];

type Answer = Dispatcher.ResponseData;

/**
 * One request and its answer as JSON, once: no retry. Every way in which it can go wrong is a class of its own.
 * @throws RemoteUnreachableError, RemoteTimeoutError, RemoteRefusedError, RemoteBadAnswerError, RemoteCallAbortedError
 */
export async function exchange(call: Exchange): Promise<unknown> {
  const { method, url, headers, body, dispatcher, timeoutMs } = call;
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), timeoutMs);
  const signal = AbortSignal.any([limit.signal, ...call.signals]);
  try {
    const answer = await request(url, {
      method: method,
      headers,
      signal,
      dispatcher,
      // our own limit covers everything
      headersTimeout: 0,
      bodyTimeout: 0,
      ...(body !== undefined && { body }),
    });
    return await read(call, answer);
  } catch (error) {
    if (error instanceof RemoteRefusedError || error instanceof RemoteBadAnswerError) throw error;
    if (limit.signal.aborted) throw new RemoteTimeoutError(call.operation, timeoutMs);
    if (signal.aborted) throw new RemoteCallAbortedError(call.operation, signal.reason);
    if (NO_ANSWERS.some((one) => error instanceof one))
      throw new RemoteBadAnswerError(call.operation, messageOf(error), error);
    throw new RemoteUnreachableError(call.operation, url, error);
  } finally {
    clearTimeout(timer);
  }
}

async function read(call: Exchange, answer: Answer): Promise<unknown> {
  if (answer.statusCode >= 400) {
    const retryAfter = [answer.headers['retry-after']].flat()[0];
    throw new RemoteRefusedError(call.operation, answer.statusCode, await problemOf(answer), retryAfter);
  }
  if (answer.statusCode >= 300) {
    await answer.body.dump();
    throw new RemoteBadAnswerError(call.operation, `a redirect (${answer.statusCode}) is not followed`);
  }
  if (!call.expectsBody) {
    await answer.body.dump();
    return undefined;
  }
  const text = await answer.body.text();
  try {
    return parseJson(text);
  } catch (error) {
    throw new RemoteBadAnswerError(call.operation, `no JSON (${messageOf(error)})`, error);
  }
}

/** Whatever becomes of the body, the status stands: it is a refusal in any case. */
async function problemOf({ headers, body }: Answer): Promise<RemoteProblem | undefined> {
  if (!/[/+]json\b/.test(String(headers['content-type']))) {
    await body.dump();
    return undefined;
  }
  try {
    return remoteProblem(JSON.parse(await body.text()));
  } catch {
    return undefined;
  }
}
