import type { Readable } from 'node:stream';
import { Agent } from 'undici';
import { UpstreamBrokeOffError, UpstreamUnreachableError } from '../../kernel/errors/gateway-errors.js';
import { SkanuError } from '../../kernel/errors/skanu-error.js';
import { answerInTime } from './answer-in-time.js';
import { wasUnsent } from './unsent.js';

export interface UpstreamPoolOptions {
  /** The most connections to one service; more requests than that wait for one. */
  readonly connections: number;
  /** How long connecting may take, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** How long an answer that has begun may be silent, in milliseconds. */
  readonly silenceTimeoutMs: number;
}

/** A request to pass on as it is. */
export interface UpstreamRequest {
  /** For messages. */
  readonly service: string;
  /** `http://payment:8080` */
  readonly origin: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Readable | null;
  /** Gives it up, also while the answer streams. An error of the kernel as its reason is what `send` then throws. */
  readonly signal: AbortSignal;
}

export interface UpstreamAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readable;
}

/**
 * An idle connection is given up after this long, in milliseconds: sooner than a service that stops closes those on which
 * it has been silent, so that no request meets a connection that is just being closed.
 */
const KEEP_ALIVE_MS = 1_000;

/** Connections to the services behind a gateway. Streams both ways, follows no redirect, retries nothing. */
export class UpstreamPool {
  readonly #agent: Agent;

  constructor({ connections, connectTimeoutMs, silenceTimeoutMs }: UpstreamPoolOptions) {
    this.#agent = new Agent({
      connections,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      connect: { timeout: connectTimeoutMs },
      // the caller has a limit of its own until the answer begins
      headersTimeout: 0,
      bodyTimeout: silenceTimeoutMs,
    });
  }

  /**
   * Resolves when the answer begins.
   * @throws UpstreamUnreachableError, UpstreamBrokeOffError, and the signal's reason
   */
  async send({ service, method, ...request }: UpstreamRequest): Promise<UpstreamAnswer> {
    try {
      const requesting = this.#agent.request({ ...request, method });
      const answer = await answerInTime(requesting, request.signal);
      return { status: answer.statusCode, headers: answer.headers, body: answer.body };
    } catch (error) {
      throw named(error, service);
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

function named(error: unknown, service: string): unknown {
  if (error instanceof SkanuError) return error;
  return wasUnsent(error)
    ? new UpstreamUnreachableError(service, error)
    : new UpstreamBrokeOffError(service, error);
}
