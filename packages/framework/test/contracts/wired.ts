import { z } from 'zod';
import { contractOf } from '../../src/contracts/contract-of.js';
import type {
  OpenApiDocument,
  OpenApiOperation,
  ServiceContract,
} from '../../src/contracts/service-contract.js';
import type { WiringFinding } from '../../src/contracts/wiring/wiring-finding.js';
import { wiringFindings } from '../../src/contracts/wiring/wiring-findings.js';
import { DomainEvent, type EventClass } from '../../src/model/domain-event.js';
import { FeignClient, type FeignClientOptions } from '../../src/model/feign-client.js';
import type { GatewayDefinition } from '../../src/model/gateway-definition.js';
import { PolicyHandler, Whenever } from '../../src/model/policy-handler.js';
import {
  type ServiceDefinition,
  type ServiceOptions,
  defineService,
} from '../../src/model/service-definition.js';

/** The findings between services, as `rule about`. */
export function rules(...definitions: (ServiceDefinition | GatewayDefinition)[]): string[] {
  return found(...definitions).map(({ rule, about }) => `${rule} ${about}`);
}

export function found(...definitions: (ServiceDefinition | GatewayDefinition)[]): WiringFinding[] {
  return wiringFindings(definitions.map(contractOf));
}

/** An event with an id, and whatever else. */
export function lent(
  fields: z.ZodRawShape = {},
  key: (event: Record<string, unknown>) => unknown = (event) => event['id'],
  name = 'Lent',
): EventClass {
  const schema = z.object({ id: z.number().int(), ...fields });
  return class extends DomainEvent(name, schema, { key: key as never }) {};
}

export function publisher(event: EventClass, options: Partial<ServiceOptions> = {}): ServiceDefinition {
  return defineService({ name: 'library', port: 0, events: [event], ...options });
}

/** A service whose policy `Reminders.remind` reads an event. */
export function reader(event: EventClass, options: Partial<ServiceOptions> = {}): ServiceDefinition {
  @PolicyHandler()
  class Reminders {
    @Whenever(event as never)
    remind() {}
  }
  return defineService({ name: 'reminder', port: 0, policies: [Reminders], ...options });
}

/** A service that calls library with `Books.call`. */
export function caller(
  call: unknown,
  options: Partial<FeignClientOptions> = {},
  service = 'reader',
): ServiceDefinition {
  class Books {
    readonly call = call;
  }
  FeignClient({ name: 'library', url: 'http://localhost', ...options })(Books);
  return defineService({ name: service, port: 0, clients: [Books] });
}

/** A contract with another version of all its events. */
export function inVersion(contract: ServiceContract, ...versions: number[]): ServiceContract {
  return {
    ...contract,
    publishes: contract.publishes.flatMap((one) => versions.map((version) => ({ ...one, version }))),
    reads: contract.reads.map((one) => ({ ...one, version: versions[0]! })),
  };
}

/** A provider that is described by hand: what `POST /books` is like. */
export function described(operation: Partial<OpenApiOperation>): ServiceContract {
  const create: OpenApiOperation = { operationId: 'create', responses: { 204: {} }, ...operation };
  const openApi: OpenApiDocument = {
    openapi: '3.1.0',
    info: { title: 'library', version: '1.0.0' },
    paths: { '/books': { post: create } },
    components: { schemas: {} },
  };
  return { kind: 'service', service: 'library', version: '1', publishes: [], reads: [], calls: [], openApi };
}
