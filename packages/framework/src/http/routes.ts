import type { FastifyInstance } from 'fastify';
import type { RoutedRequestTypes } from './fastify-words.js';
import { counted } from './load/counted.js';
import { type DeadlineOptions, type Handler, withDeadline } from './request-deadline.js';
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
    private readonly deadline: DeadlineOptions,
    /** Stands around each handler, within its time limit. */
    private readonly around: (handler: Handler) => Handler = (handler) => handler,
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
      handler: withDeadline(counted(this.around(handler)), this.deadline),
    });
  }
}
