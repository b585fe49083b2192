import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { type GatewayAppOptions, buildGatewayApp } from '../../src/http/gateway/gateway-app.js';
import type { ObservedRequest } from '../../src/http/http-app.js';
import { silentLogger } from '../../src/kernel/logger.js';
import { defineGateway } from '../../src/model/gateway-definition.js';

/** A server of the test's own, as a service behind the gateway. */
export interface Backend extends AsyncDisposable {
  readonly url: string;
  readonly server: Server;
  readonly seen: IncomingMessage[];
}

export async function openBackend(
  listener: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<Backend> {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    void listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface Gateway extends AsyncDisposable {
  readonly app: FastifyInstance;
  readonly url: string;
  readonly observed: ObservedRequest[];
  phase: 'starting' | 'running' | 'draining';
}

export type GatewayFixture = Partial<Omit<GatewayAppOptions, 'definition'>> & { readonly timeoutMs?: number };

/** A gateway in front of `order` (paths `/orders` and `/books`) and `payment` (path `/payments`). */
export async function openGateway(
  urls: { order: string; payment?: string },
  options: GatewayFixture = {},
): Promise<Gateway> {
  const { timeoutMs = 5_000, ...rest } = options;
  const observed: ObservedRequest[] = [];
  const app = buildGatewayApp({
    name: 'gateway',
    definition: defineGateway({
      name: 'gateway',
      port: 0,
      timeoutMs,
      routes: [
        { path: '/orders', service: 'order' },
        { path: '/books/', service: 'order' },
        { path: '/payments', service: 'payment' },
      ],
    }),
    urls: { payment: urls.order, ...urls },
    logger: silentLogger,
    phase: () => gateway.phase,
    observeRequest: (request) => observed.push(request),
    actuator: {
      health: () => Promise.resolve({ status: 'UP' }),
      liveness: () => Promise.resolve({ status: 'UP' }),
      readiness: () => Promise.resolve({ status: 'UP' }),
      info: () => ({}),
    },
    ...rest,
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const gateway: Gateway = {
    app,
    url,
    observed,
    phase: 'running',
    [Symbol.asyncDispose]: () => app.close(),
  };
  return gateway;
}
