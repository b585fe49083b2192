import type { RemoteProblem } from '../../kernel/errors/remote-errors.js';

/**
 * What of an error document fits a problem document (RFC 9457), whatever its media type. Undefined: nothing does. Members of another
 * type than the RFC says count as absent, as it asks for.
 */
export function remoteProblem(json: unknown): RemoteProblem | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const given = json as Readonly<Record<string, unknown>>;
  const problem = {
    ...texts(given, ['type', 'title', 'detail', 'code']),
    ...(typeof given['status'] === 'number' && { status: given['status'] }),
    ...(given['errors'] !== undefined && { errors: given['errors'] }),
  };
  return Object.keys(problem).length > 0 ? problem : undefined;
}

function texts(given: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (typeof given[name] === 'string' ? [[name, given[name]]] : [])),
  );
}
