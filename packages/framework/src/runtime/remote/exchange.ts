import { type Dispatcher, errors, request } from 'undici';
import {
  InterceptorError,
  RemoteBadAnswerError,
  type RemoteProblem,
  RemoteRefusedError,
  RemoteUnreachableError,
} from '../../kernel/errors/remote-errors.js';
import { messageOf } from '../../kernel/errors/skanu-error.js';
import { parseJson } from '../../kernel/exact-json.js';
import { shownText, shownUrl } from '../../kernel/shown.js';
import type { OutgoingRequest } from '../../model/resilience.js';
import { answerInTime } from './answer-in-time.js';
import { remoteProblem } from './remote-problem.js';

export interface Exchange extends OutgoingRequest {
  /** How the operation is called in messages: `payment.approve`. */
  readonly operation: string;
  readonly dispatcher: Dispatcher;
  /** Ends it, whatever it waits for; its reason is what is thrown then. */
  readonly signal: AbortSignal;
  readonly expectsBody: boolean;
}

/** The other service was reached, but what it sends is no HTTP, or more than is read. */
const NO_ANSWERS = [errors.HTTPParserError, errors.HeadersOverflowError, errors.ResponseExceededMaxSizeError];

/** The request itself cannot be sent. What the framework puts in it can: it is what an interceptor has made of it. */
const NO_REQUESTS = [
  errors.InvalidArgumentError,
  errors.NotSupportedError,
  errors.RequestContentLengthMismatchError,
];

type Answer = Dispatcher.ResponseData;

/**
 * One request and its answer as JSON, once: no retry. Every way in which it can go wrong is a class of its own.
 * @throws RemoteUnreachableError, RemoteRefusedError, RemoteBadAnswerError, InterceptorError, and the signal's reason
 */
export async function exchange(call: Exchange): Promise<unknown> {
  const { method, url, headers, body, dispatcher, signal } = call;
  try {
    const requesting = request(url, {
      method,
      headers,
      signal,
      dispatcher,
      // the signal covers everything
      headersTimeout: 0,
      bodyTimeout: 0,
      ...(body !== undefined && { body }),
    });
    return await read(call, await answerInTime(requesting, signal));
  } catch (error) {
    if (error instanceof RemoteRefusedError || error instanceof RemoteBadAnswerError) throw error;
    signal.throwIfAborted();
    if (NO_REQUESTS.some((one) => error instanceof one))
      throw new InterceptorError(
        call.operation,
        `made a request that cannot be sent: ${messageOf(error)}`,
        error,
      );
    if (NO_ANSWERS.some((one) => error instanceof one))
      throw new RemoteBadAnswerError(call.operation, messageOf(error), error);
    throw new RemoteUnreachableError(call.operation, shownUrl(url), error);
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
    throw new RemoteBadAnswerError(call.operation, `expected JSON, got ${shownText(text)}`, error);
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
