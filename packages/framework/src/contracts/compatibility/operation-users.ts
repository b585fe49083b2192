import { type PactFile, type PactRequest, fieldPaths } from '../pact-file.js';
import { declaredFields } from '../schema/declared-fields.js';
import { located } from '../schema/located-schema.js';
import type { CalledOperation, Contract, GatewayContract } from '../service-contract.js';
import type { JsonSchema } from '../../model/json-schema.js';
import { fitsTemplate, nameless } from '../path-template.js';
import { readsPath } from './read-paths.js';
import type { Reader } from './reader.js';

/** An operation as it was released. */
export interface ReleasedOperation {
  /** In capitals. */
  readonly method: string;
  readonly path: string;
}

/** Who uses the operations of a service: in their code, in their pacts with it, and in those with a gateway that leads to it. */
export class OperationUsers {
  readonly #requests: readonly { readonly request: PactRequest; readonly reader: Reader }[];

  /** @param gateways as they were released: what they led to then */
  constructor(
    private readonly service: string,
    private readonly contracts: readonly Contract[],
    pacts: readonly PactFile[],
    gateways: readonly GatewayContract[],
  ) {
    this.#requests = pacts.flatMap(({ consumer, provider, interactions }) => {
      const gateway = gateways.find((one) => one.service === provider.name);
      const reader: Reader = {
        consumer: consumer.name,
        by: 'pact',
        as: gateway && `through ${gateway.service}`,
      };
      return interactions
        .filter((one) => one.type === 'Synchronous/HTTP')
        .filter(({ request: { path } }) =>
          gateway ? serviceOf(gateway.routes, path) === service : provider.name === service,
        )
        .map((request) => ({ request, reader }));
    });
  }

  /** Whoever calls it. */
  of(operation: ReleasedOperation): Reader[] {
    return this.#users(
      operation,
      () => true,
      () => true,
    );
  }

  /** Whoever calls any operation of a path. */
  ofPath(path: string, methods: readonly string[]): Reader[] {
    return distinct(methods.flatMap((method) => this.of({ method, path })));
  }

  /** Who reads a field of an answer. */
  ofAnswer(operation: ReleasedOperation, status: string, path = ''): Reader[] {
    return this.#users(
      operation,
      ({ answer }) => status.startsWith('2') && answer !== undefined && reads(answer, path),
      ({ response }) =>
        String(response.status) === status && readsPath(fieldPaths(response.body?.content), path),
    );
  }

  /** Who sends a field of the body; where nobody may have sent it yet, whoever sends the object that it is to be in. */
  ofBody(operation: ReleasedOperation, path = ''): Reader[] {
    return this.#users(
      operation,
      ({ body }) => body !== undefined && reads(body, path),
      ({ request }) => request.body !== undefined && readsPath(fieldPaths(request.body.content), path),
    );
  }

  /** Who sends a parameter. */
  ofParameter(operation: ReleasedOperation, name: string, kind: 'path' | 'query' | 'header'): Reader[] {
    if (kind === 'path') return this.of(operation);
    return this.#users(
      operation,
      ({ query }) => kind === 'query' && query !== undefined && reads(query, `/${name}`),
      ({ request }) =>
        kind === 'query'
          ? Object.hasOwn(request.query ?? {}, name)
          : Object.keys(request.headers ?? {}).some((header) => header.toLowerCase() === name.toLowerCase()),
    );
  }

  #users(
    { method, path }: ReleasedOperation,
    isMeant: (call: CalledOperation) => boolean,
    isMeantIn: (request: PactRequest) => boolean,
  ): Reader[] {
    const byCode = this.contracts.flatMap((contract) =>
      contract.kind === 'gateway'
        ? []
        : contract.calls
            .filter(
              (call) =>
                call.service === this.service &&
                call.method === method &&
                nameless(call.path) === nameless(path) &&
                isMeant(call),
            )
            .map(({ client, operation }): Reader => ({
              consumer: contract.service,
              by: 'code',
              as: `${client}.${operation}`,
            })),
    );
    const byPact = this.#requests
      .filter(
        ({ request }) =>
          request.request.method.toUpperCase() === method &&
          fitsTemplate(request.request.path, path) &&
          isMeantIn(request),
      )
      .map(({ reader }) => reader);
    return distinct([...byCode, ...byPact]);
  }
}

/** The service behind a path: that of the longest route which it is under. */
export function serviceOf(
  routes: readonly { readonly path: string; readonly service: string }[],
  path: string,
): string | undefined {
  return routes
    .filter((route) => path === route.path || path.startsWith(`${route.path.replace(/\/$/, '')}/`))
    .toSorted((one, other) => other.path.length - one.path.length)[0]?.service;
}

function reads(schema: JsonSchema, path: string): boolean {
  return readsPath(declaredFields(located(schema), 'all').fields.keys(), path);
}

function distinct(readers: readonly Reader[]): Reader[] {
  return [...new Map(readers.map((reader) => [JSON.stringify(reader), reader])).values()];
}
