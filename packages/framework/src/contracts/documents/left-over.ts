import { asyncApiPath, eventSchemaPath, eventUrn, openApiPath, serviceUrn } from './document-names.js';

/** Where generated documents lie in the folder of contracts, and how many folders deep. */
export const GENERATED_FOLDERS = [
  ['events', 1],
  ['http', 0],
] as const;

/** What a document says that it is. */
interface Origin {
  readonly kind: 'event' | 'asyncapi' | 'openapi';
  readonly service: string;
}

/**
 * Which files were generated for something that these services have no more. A document that came from elsewhere (the OpenAPI document of somebody
 * else's service) is none of them: only what belongs to a service whose AsyncAPI document is here too was written here.
 * @param files JSON texts by path
 * @param wanted the paths of the documents that are to be there
 * @param services whose files these are about: of others nobody can tell what is left over
 * @returns paths; those by which the others are known come last
 */
export function leftOver(
  files: ReadonlyMap<string, string>,
  wanted: readonly string[],
  services: readonly string[],
): string[] {
  const origins = originsOf(files);
  const ours = writtenServices(files).filter((service) => services.includes(service));
  return [...origins]
    .filter(([path, { service }]) => ours.includes(service) && !wanted.includes(path))
    .toSorted(([, one], [, other]) => Number(one.kind === 'asyncapi') - Number(other.kind === 'asyncapi'))
    .map(([path]) => path);
}

/** The services that documents were written of. @param files JSON texts by path */
export function writtenServices(files: ReadonlyMap<string, string>): string[] {
  const found = [...originsOf(files).values()];
  return found.filter(({ kind }) => kind === 'asyncapi').map(({ service }) => service);
}

function originsOf(files: ReadonlyMap<string, string>): Map<string, Origin> {
  const origins = new Map<string, Origin>();
  for (const [path, text] of files) {
    const origin = originOf(path, text);
    if (origin) origins.set(path, origin);
  }
  return origins;
}

/** Undefined: it is no generated document, or does not lie where it was generated. */
function originOf(path: string, text: string): Origin | undefined {
  const { $id, id, title, asyncapi, openapi, info } = fieldsOf(text);
  if (typeof $id === 'string' && typeof title === 'string') {
    const service = /^urn:skanu:event:([^:]+):/.exec($id)?.[1] ?? '';
    const isOurs = $id === eventUrn(service, title) && path === eventSchemaPath(service, title);
    return isOurs ? { kind: 'event', service } : undefined;
  }
  const service = (info as { title?: unknown } | undefined)?.title;
  if (typeof service !== 'string') return undefined;
  if (asyncapi !== undefined && id === serviceUrn(service) && path === asyncApiPath(service))
    return { kind: 'asyncapi', service };
  return openapi !== undefined && path === openApiPath(service) ? { kind: 'openapi', service } : undefined;
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    // whatever it is, it was not generated
    return {};
  }
}
