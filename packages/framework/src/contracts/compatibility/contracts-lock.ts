import { ConfigurationError } from '../../kernel/errors/start-errors.js';
import { byText } from '../documents/sorting.js';
import type { Contract } from '../service-contract.js';
import { compactJson } from './compact-json.js';
import type { LockedContract } from './locked-contract.js';

/** Of the file, not of what is in it: raised when older versions of the framework could not read it. */
const FORMAT = 1;

/** What others count on, of each service and gateway as it is today. */
export function lockedContracts(contracts: readonly Contract[]): LockedContract[] {
  return contracts.map((contract) => {
    if (contract.kind === 'gateway') return contract;
    const { kind, service, version, publishes, openApi } = contract;
    return {
      kind,
      service,
      version,
      publishes,
      openApi: { paths: openApi.paths, components: openApi.components },
    };
  });
}

/** The text of `contracts.lock`. The same contracts give the same text, in whatever order they come. */
export function lockText(contracts: readonly LockedContract[]): string {
  const services = byText(contracts, ({ service }) => service).map((contract) => {
    const { service, ...rest } = contract;
    if (rest.kind === 'gateway')
      return [service, { ...rest, routes: byText(rest.routes, ({ path }) => path) }];
    const publishes = byText(
      rest.publishes,
      ({ eventType, version }) => `${eventType} ${String(version).padStart(5, '0')}`,
    );
    const schemas = publishes.map((event) => ({ ...event, schema: withoutWords(event.schema) }));
    return [service, { ...rest, publishes: schemas, openApi: withoutWords(rest.openApi) }];
  });
  return compactJson({ format: FORMAT, services: Object.fromEntries(services) });
}

/** @param file named in errors @throws ConfigurationError when it is no lock, or one of a newer framework */
export function parsedLock(text: string, file: string): LockedContract[] {
  let lock: { readonly format?: unknown; readonly services?: Readonly<Record<string, object>> };
  try {
    lock = JSON.parse(text) as typeof lock;
  } catch (error) {
    throw new ConfigurationError(`${file} is no JSON`, RESTORE, error);
  }
  const { format, services } = lock ?? {};
  if (typeof format === 'number' && format > FORMAT)
    throw new ConfigurationError(
      `${file} was written by a newer skanu: its format is ${format}, and ${FORMAT} is the newest known here`,
      'Update @skanu/framework.',
    );
  if (format !== FORMAT || typeof services !== 'object' || services === null)
    throw new ConfigurationError(`${file} is no lock of contracts`, RESTORE);
  // nobody but this file writes it
  return Object.entries(services).map(([service, contract]) => ({ service, ...contract }) as LockedContract);
}

const RESTORE = 'Take it from version control again; it is written by skanu contracts release alone.';

/** What changes nothing for anybody who calls: words for people, and defaults, which may be another value each time. */
const WORDS = new Set([
  'description',
  'summary',
  'tags',
  'operationId',
  'title',
  'examples',
  'example',
  'default',
]);
/** Where the names are those of fields, paths and the like. */
const NAMED = new Set([
  'properties',
  'paths',
  'schemas',
  'content',
  'responses',
  '$defs',
  'patternProperties',
]);
/** Where the values are a team's own. */
const VALUES = new Set(['enum', 'const']);

function withoutWords(value: unknown, isNamed = false): unknown {
  if (Array.isArray(value)) return value.map((one) => withoutWords(one));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => isNamed || !WORDS.has(name))
      .map(([name, one]) => [
        name,
        !isNamed && VALUES.has(name) ? one : withoutWords(one, !isNamed && NAMED.has(name)),
      ]),
  );
}
