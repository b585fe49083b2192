import type { FastifyInstance } from 'fastify';
import type { Logger } from '../kernel/logger.js';
import type { RoutedRequestTypes } from './fastify-words.js';
import { type Handler, withDeadline } from './request-deadline.js';
import type { RouteTable } from './route-table.js';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With parameters in braces: `/orders/{id}`. `{id}` and `{position}` take positive integers only. */
  readonly path: string;
  /** The media types that its body may have; without it a body is ignored. */
  readonly consumes?: readonly string[];
  readonly handler: Handler;
}

/** Where the parts of an app put their routes. */
export class Routes {
  constructor(
    private readonly fastify: FastifyInstance,
    private readonly table: RouteTable,
    private readonly requestTimeoutMs: number,
    private readonly logger: Logger,
  ) {}

  add({ method, path, consumes, handler }: Route): void {
    this.table.add(method, path, consumes);
    this.fastify.route<RoutedRequestTypes>({
      method,
      url: path
        .replaceAll('{id}', ':id(^[1-9]\\d{0,15}$)')
        .replaceAll('{position}', ':position(^[1-9]\\d{0,15}$)')
        .replaceAll(/\{(\w+)\}/g, ':$1'),
      config: { template: path, ...(consumes && { consumes }) },
      handler: withDeadline(handler, this.requestTimeoutMs, this.logger),
    });
  }
}
