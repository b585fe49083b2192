import type { FastifyRequest } from 'fastify';
import { BadRequestError } from '../kernel/errors/request-errors.js';

const HOST = /^(?:[\w.~-]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?$/;
const PREFIX = /^(?:\/[\w.~%-]+)+\/?$/;
const PORT = /^\d{1,5}$/;
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' };

/**
 * What the client knows this service by, without a slash at the end: its links start with that. A gateway in front says
 * so with `X-Forwarded-Proto`, `-Host`, `-Port` and `-Prefix`; without one it is the `Host` header.
 * @throws BadRequestError when `Host` is no host
 */
export function baseUrlOf({ headers }: FastifyRequest): string {
  const forwardedHost = first(headers['x-forwarded-host'], HOST);
  const proto = first(headers['x-forwarded-proto'], /^https?$/) ?? 'http';
  const port = first(headers['x-forwarded-port'], PORT);
  const prefix = first(headers['x-forwarded-prefix'], PREFIX)?.replace(/\/$/, '') ?? '';
  const host = forwardedHost ?? headers.host ?? 'localhost';
  if (!HOST.test(host)) throw new BadRequestError('the Host header names no host');
  return `${proto}://${port === undefined ? host : withPort(host, port, proto)}${prefix}`;
}

/** The first of a list, which the proxy nearest to the client has set; undefined when it is not what it should be. */
function first(header: string | string[] | undefined, format: RegExp): string | undefined {
  if (header === undefined) return undefined;
  const value = String(header).split(',', 1)[0]!.trim();
  return format.test(value) ? value : undefined;
}

function withPort(host: string, port: string, proto: string): string {
  const bare = host.replace(/:\d+$/, '');
  return port === DEFAULT_PORTS[proto] ? bare : `${bare}:${port}`;
}
