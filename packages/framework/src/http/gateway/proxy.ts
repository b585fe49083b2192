import type { FastifyReply, FastifyRequest } from 'fastify';
import { UpstreamBrokeOffError, UpstreamTimeoutError } from '../../kernel/errors/gateway-errors.js';
import { BadRequestError, BodyTooLargeError } from '../../kernel/errors/request-errors.js';
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
}

/**
 * Passes requests on, both ways as they come: nothing is kept, parsed or waited for. When the client goes away the call is
 * given up. A read whose connection broke is tried once more; a write never is.
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
    const { timeoutMs } = this.settings;
    const timer = setTimeout(() => call.abort(new UpstreamTimeoutError(service, timeoutMs)), timeoutMs);
    const { trustForwarded } = this.settings;
    try {
      const body = this.#bodyOf(request, () => timer.refresh());
      return await this.#sendRepeatably({
        service,
        origin: url.origin,
        method: request.method,
        path: url.pathname.replace(/\/$/, '') + request.url,
        headers: requestHeaders(request, { trustForwarded, hasBody: body !== null }),
        body,
        signal: call.signal,
      });
    } finally {
      clearTimeout(timer);
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
