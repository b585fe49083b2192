import type { JsonSchema } from '../../model/json-schema.js';
import { type Definitions, type LocatedSchema, located } from '../schema/located-schema.js';
import type { OpenApiOperation, OpenApiParameter } from '../service-contract.js';
import type { LockedApi } from './locked-contract.js';
import { nameless } from '../path-template.js';

/** An operation of an API, with what its path says for all methods. */
export interface ApiOperation {
  /** In capitals. */
  readonly method: string;
  readonly path: string;
  readonly operation: OpenApiOperation;
  /** By `kind name`; those of the path by their place in it, because nobody sends their names. */
  readonly parameters: ReadonlyMap<string, OpenApiParameter>;
}

const METHODS = new Set(['get', 'head', 'post', 'put', 'patch', 'delete', 'options', 'trace']);

/** All operations, by `METHOD path` without the names in braces. */
export function operationsIn({ paths }: LockedApi): Map<string, ApiOperation> {
  const found = new Map<string, ApiOperation>();
  for (const [path, item] of Object.entries(paths)) {
    const { parameters: shared = [], ...byMethod } = item;
    for (const [name, operation] of Object.entries(byMethod)) {
      if (!METHODS.has(name)) continue;
      const method = name.toUpperCase();
      // what is called `parameters` was taken out
      const own = operation as OpenApiOperation;
      // an operation's own parameters come after those of its path, and win
      const all = [...(shared as readonly OpenApiParameter[]), ...(own.parameters ?? [])];
      const parameters = new Map(all.map((one) => [keyOf(one, path), one]));
      found.set(`${method} ${nameless(path)}`, { method, path, operation: own, parameters });
    }
  }
  return found;
}

function keyOf({ in: kind, name }: OpenApiParameter, path: string): string {
  if (kind === 'path') return `path ${path.split('/').indexOf(`{${name}}`)}`;
  return `${kind} ${kind === 'header' ? name.toLowerCase() : name}`;
}

/** A schema of an API; its references lead into the document. */
export function inApi(api: LockedApi, schema: JsonSchema): LocatedSchema {
  const definitions: Definitions = (ref) => {
    if (!ref.startsWith('#/components/')) return undefined;
    let found: unknown = api;
    for (const step of ref.slice(2).split('/'))
      found = (found as Record<string, unknown> | undefined)?.[
        decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')
      ];
    return found as JsonSchema | undefined;
  };
  return located(schema, definitions);
}
