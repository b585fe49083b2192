import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../kernel/clock.js';
import { UpstreamBrokeOffError, UpstreamTimeoutError } from '../../kernel/errors/gateway-errors.js';
import { DeadlineExceededError } from '../../kernel/errors/remote-errors.js';
import { BadRequestError, BodyTooLargeError } from '../../kernel/errors/request-errors.js';
import { MAX_CLIENT_MS, remainingMs } from '../../runtime/remote/deadline-header.js';
import type { UpstreamAnswer, UpstreamPool, UpstreamRequest } from '../../runtime/remote/upstream-pool.js';
import { pathOf } from '../fastify-words.js';
import { CountedBody } from './counted-body.js';
import { passAnswerHeaders, requestHeaders } from './passed-headers.js';

/** One service behind the gateway. */
export interface Upstream {
  readonly service: string;
  readonly url: URL;
}

export interface ProxySettings {
  /** How long a service may be silent before its answer begins, in milliseconds. */
  readonly timeoutMs: number;
  readonly bodyLimitBytes: number;
  readonly trustForwarded: boolean;
  readonly clock: Clock;
}

/** Comes in with the headers, or right after. */
const SMALL_BODY_BYTES = 64 * 1024;

/**
 * Passes requests on, both ways as they come: nothing is kept, parsed or waited for. When the client goes away the call is
 * given up, and so it is when the client's own time is over: the service behind is told how much of it is left. A read whose connection broke is tried once more; a write never is.
 */
export class Proxy {
  constructor(
    private readonly pool: UpstreamPool,
    private readonly settings: ProxySettings,
  ) {}

  async forward(upstream: Upstream, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    assertPlainPath(request.url);
    const call = new AbortController();
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) call.abort();
    });
    const answer = await this.#answer(upstream, request, call);
    passAnswerHeaders(answer, reply);
    return reply.code(answer.status).send(answer.body);
  }

  async #answer(
    { service, url }: Upstream,
    request: FastifyRequest,
    call: AbortController,
  ): Promise<UpstreamAnswer> {
    const { timeoutMs, trustForwarded, clock } = this.settings;
    const leftMs = remainingMs(request.origin, clock, MAX_CLIENT_MS);
    if (leftMs <= 0) throw new DeadlineExceededError(`${request.method} ${pathOf(request.url)}`);
    const after = (ms: number) => setTimeout(() => call.abort(new UpstreamTimeoutError(service, ms)), ms);
    const silence = after(timeoutMs);
    const end = after(leftMs);
    try {
      const body = this.#bodyOf(request, () => silence.refresh());
      // while a large body streams nobody knows how long it takes: then only the client's own word counts
      const tellMs = body && !isSmall(request) ? leftMs : Math.min(leftMs, timeoutMs);
      return await this.#sendRepeatably({
        service,
        origin: url.origin,
        method: request.method,
        path: url.pathname.replace(/\/$/, '') + request.url,
        headers: requestHeaders(request, { trustForwarded, hasBody: body !== null, leftMs: tellMs }),
        body,
        signal: call.signal,
      });
    } finally {
      clearTimeout(silence);
      clearTimeout(end);
    }
  }

  async #sendRepeatably(request: UpstreamRequest): Promise<UpstreamAnswer> {
    try {
      return await this.pool.send(request);
    } catch (error) {
      const isRead = request.method === 'GET' || request.method === 'HEAD';
      if (isRead && error instanceof UpstreamBrokeOffError && !request.signal.aborted)
        return this.pool.send(request);
      throw error;
    }
  }

  #bodyOf({ method, headers, raw }: FastifyRequest, onChunk: () => void): CountedBody | null {
    const length = Number(headers['content-length'] ?? 0);
    const { bodyLimitBytes } = this.settings;
    if (method === 'GET' || method === 'HEAD') return null;
    if (length === 0 && headers['transfer-encoding'] === undefined) return null;
    if (length > bodyLimitBytes) throw new BodyTooLargeError(bodyLimitBytes);
    // not the request itself: when a service answers before it has read everything, that would be destroyed, and its connection too
    const body = raw.pipe(new CountedBody(bodyLimitBytes, onChunk));
    // what nobody wants any more is read away, or the client's next request on this connection would wait behind it for ever
    return body.once('close', () => raw.unpipe(body).resume());
  }
}

/** Its body takes no time worth speaking of. */
function isSmall({ headers }: FastifyRequest): boolean {
  const length = headers['content-length'];
  return length !== undefined && Number(length) <= SMALL_BODY_BYTES;
}

/** A service that resolves `..` would be led out of the routes of the gateway. */
function assertPlainPath(url: string): void {
  const segments = decodedPath(url).split(/[/\\]/);
  if (segments.includes('..') || segments.includes('.'))
    throw new BadRequestError('the path has a dot for a part');
}

function decodedPath(url: string): string {
  try {
    return decodeURIComponent(pathOf(url));
  } catch (error) {
    throw new BadRequestError('the path is not rightly percent-encoded', 400, error);
  }
}
