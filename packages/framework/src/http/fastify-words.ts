import type { FastifyRequest } from 'fastify';
import type { Origin } from '../runtime/origin.js';
import type { RequestSlot } from './load/request-slots.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Where the work of this request comes from. */
    origin: Origin;
    /** The template of its path, for metrics: `/orders/{id}`; `UNKNOWN` when it fits none. */
    template: string;
    /** What it takes of the requests that may be under way at once; undefined for those that are not counted. */
    slot?: RequestSlot;
  }

  interface FastifyContextConfig {
    /** The path as `/orders/{id}`. */
    template?: string;
    /** The media types that bodies may have; undefined: a body is ignored. */
    consumes?: readonly string[];
  }
}

/** The query of a request: a parameter that comes more than once is a list. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface RoutedRequestTypes {
  Params: Readonly<Record<string, string>>;
  Querystring: Query;
}

/** A request to one of our routes. */
export type RoutedRequest = FastifyRequest<RoutedRequestTypes>;

/** The path of a request without its query. */
export function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}

/** Whether a request is of the actuator: it is for those who operate the service, and answers whatever the state of that. */
export function isOperation(url: string): boolean {
  return /^\/actuator(?:[/?]|$)/.test(url);
}
