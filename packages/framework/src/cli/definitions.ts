import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigurationError } from '../kernel/errors/start-errors.js';
import type { GatewayDefinition } from '../model/gateway-definition.js';
import type { ServiceDefinition } from '../model/service-definition.js';

/** The services that a module exports. @throws ConfigurationError when it cannot be loaded or exports none */
export async function definitionsOf(path: string): Promise<ServiceDefinition[]> {
  const services = (await exportedBy(path)).filter((one) => one.kind === 'service');
  if (services.length === 0) throw noService(resolve(path));
  return services;
}

/** A service or gateway, and the module that exports it. */
export interface FoundDefinition {
  readonly definition: ServiceDefinition | GatewayDefinition;
  /** Its full path. */
  readonly file: string;
}

/**
 * All services and gateways that modules export, by name, each once; different ones may have the same name.
 * @throws ConfigurationError when a module cannot be loaded or exports none
 */
export async function foundDefinitionsOf(paths: readonly string[]): Promise<FoundDefinition[]> {
  const found = new Map<unknown, FoundDefinition>();
  for (const path of paths)
    for (const definition of await exportedBy(path))
      if (!found.has(definition)) found.set(definition, { definition, file: resolve(path) });
  return [...found.values()].toSorted((one, other) => (one.definition.name < other.definition.name ? -1 : 1));
}

/** As {@link foundDefinitionsOf}. @throws ConfigurationError when two have the same name, too */
export async function allDefinitionsOf(paths: readonly string[]): Promise<FoundDefinition[]> {
  const found = await foundDefinitionsOf(paths);
  for (const [name, same] of Map.groupBy(found, ({ definition }) => definition.name))
    if (same.length > 1)
      throw new ConfigurationError(
        `two services are called ${name}: in ${same.map(({ file }) => file).join(' and ')}`,
        'Give each a name of its own, and name each module once.',
      );
  return found;
}

async function exportedBy(path: string): Promise<(ServiceDefinition | GatewayDefinition)[]> {
  const file = resolve(path);
  let exported: Readonly<Record<string, unknown>>;
  try {
    exported = (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw new ConfigurationError(
      `the module ${file} cannot be loaded`,
      'Name the compiled module that exports the service, such as dist/service.js.',
      error,
    );
  }
  const definitions = Object.values(exported).filter(isDefinition);
  if (definitions.length > 0) return definitions;
  throw noService(file);
}

function noService(file: string): ConfigurationError {
  return new ConfigurationError(
    `the module ${file} exports no service`,
    'Name the module that exports what defineService gives.',
  );
}

function isDefinition(value: unknown): value is ServiceDefinition | GatewayDefinition {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    (value.kind === 'service' || value.kind === 'gateway')
  );
}
