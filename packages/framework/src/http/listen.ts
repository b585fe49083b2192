import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { PortUnavailableError } from '../kernel/errors/start-errors.js';

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'it is in use',
  EACCES: 'it is not allowed',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'this machine has no such address',
};

/** How many connections may wait to be taken in. With Node's own 511 a crowd that comes at once would wait a second to try again. */
const BACKLOG = 4_096;

/** Begins to listen, and tells the URL. Port 0 takes any free one. @throws PortUnavailableError */
export async function listen(
  app: FastifyInstance,
  name: string,
  host: string,
  port: number,
): Promise<string> {
  try {
    await app.listen({ host, port, backlog: BACKLOG });
  } catch (error) {
    const reason = REASONS[(error as NodeJS.ErrnoException).code ?? ''];
    if (reason) throw new PortUnavailableError(name, host, port, reason);
    throw error;
  }
  // a TCP server that listens has an address
  const { port: taken } = app.server.address() as AddressInfo;
  const shown = ['::', '0.0.0.0'].includes(host) ? 'localhost' : host;
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${taken}`;
}
