import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigurationError } from '../kernel/errors/start-errors.js';
import type { ServiceDefinition } from '../model/service-definition.js';

/** The services that a module exports. @throws ConfigurationError when it cannot be loaded or exports none */
export async function definitionsOf(path: string): Promise<ServiceDefinition[]> {
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
  const services = Object.values(exported).filter(isServiceDefinition);
  if (services.length > 0) return services;
  throw new ConfigurationError(
    `the module ${file} exports no service`,
    'Name the module that exports what defineService gives.',
  );
}

function isServiceDefinition(value: unknown): value is ServiceDefinition {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'service';
}
