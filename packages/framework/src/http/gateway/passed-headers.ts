import type { FastifyReply, FastifyRequest } from 'fastify';
import { traceparentOf } from '../../runtime/trace-context.js';
import { DEADLINE_HEADER, deadlineHeaderOf } from '../../runtime/remote/deadline-header.js';
import type { UpstreamAnswer, UpstreamRequest } from '../../runtime/remote/upstream-pool.js';
import { CORRELATION_HEADER } from '../request-origin.js';

type Headers = UpstreamRequest['headers'];

/** They concern one connection only (RFC 9110, 7.6.1), or are answered by the gateway itself. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'expect',
]);

/** What clients say about the way that their request took; only the gateway knows that. */
const SAYS_THE_WAY = /^(?:forwarded$|x-forwarded-)/;

export interface PassingOn {
  /** A proxy in front of the gateway sets `X-Forwarded-*`, so they are true and stay. */
  readonly trustForwarded: boolean;
  readonly hasBody: boolean;
  /** How much longer the client, or the gateway, waits, in milliseconds. */
  readonly leftMs: number;
}

/** The headers that the service behind gets. */
export function requestHeaders(
  request: FastifyRequest,
  { trustForwarded, hasBody, leftMs }: PassingOn,
): Headers {
  const { headers, origin } = request;
  const named = namedByConnection(headers.connection);
  const passed: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || name === 'host' || HOP_BY_HOP.has(name) || named.has(name)) continue;
    if (name === 'content-length' && !hasBody) continue;
    if (!trustForwarded && SAYS_THE_WAY.test(name)) continue;
    passed[name] = value;
  }
  Object.assign(passed, theWay(request, passed));
  passed['traceparent'] = traceparentOf(origin.trace);
  passed[CORRELATION_HEADER] = origin.correlationId;
  passed[DEADLINE_HEADER] = deadlineHeaderOf(leftMs);
  return passed;
}

/** From whom the request came, and what its client calls us. */
function theWay({ headers, ip, protocol }: FastifyRequest, trusted: Headers): Headers {
  const host = headers.host ?? 'localhost';
  const port = /:(\d+)$/.exec(host)?.[1] ?? (protocol === 'https' ? '443' : '80');
  const before = trusted['x-forwarded-for'];
  const known = trusted['x-forwarded-host'] !== undefined;
  return {
    'x-forwarded-for': before === undefined ? ip : `${String(before)}, ${ip}`,
    'x-forwarded-proto': trusted['x-forwarded-proto'] ?? protocol,
    'x-forwarded-host': trusted['x-forwarded-host'] ?? host,
    // a port without its host would be that of somebody else
    ...(!known && { 'x-forwarded-port': port }),
  };
}

/** Gives the client the headers of an answer; what the gateway has set itself stays. */
export function passAnswerHeaders({ headers }: UpstreamAnswer, reply: FastifyReply): void {
  const named = namedByConnection(headers['connection']);
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || HOP_BY_HOP.has(name) || named.has(name)) continue;
    // cross-origin access is the gateway's to decide
    if (name.startsWith('access-control-')) continue;
    if (name === 'vary') reply.header(name, [reply.getHeader(name), value].flat().filter(Boolean).join(', '));
    else reply.header(name, value);
  }
}

function namedByConnection(connection: string | string[] | undefined): ReadonlySet<string> {
  if (connection === undefined) return new Set();
  return new Set(
    String(connection)
      .toLowerCase()
      .split(',')
      .map((name) => name.trim()),
  );
}
