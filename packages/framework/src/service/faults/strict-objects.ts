import { z } from 'zod';

/** Of a schema with more of them, these are enough to know what to do. */
const MAX_PLACES = 5;

/**
 * Where a schema refuses fields that it does not name (`z.strictObject`), in what goes into it: `the whole`, or as `lines.*`. A schema that
 * contains itself is looked at once.
 */
export function strictObjects(schema: z.ZodType): string[] {
  const places = new Set<string>();
  z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    // those of nobody: an id that two schemas share is none of this file's business
    metadata: z.registry<z.core.GlobalMeta>(),
    override: ({ zodSchema, jsonSchema, path }) => {
      if (zodSchema instanceof z.ZodObject && jsonSchema.additionalProperties === false)
        places.add(inWords(path));
    },
  });
  return [...places].slice(0, MAX_PLACES);
}

/** A path through a JSON Schema as a path through its values. */
function inWords(path: readonly (string | number)[]): string {
  const steps: string[] = [];
  for (let at = 0; at < path.length; at++) {
    const keyword = path[at];
    if (keyword === 'items' || keyword === 'additionalProperties') steps.push('*');
    else {
      // what follows is a name, or a place in a list
      at += 1;
      if (keyword === 'properties' || keyword === 'prefixItems') steps.push(String(path[at]));
    }
  }
  return steps.length === 0 ? 'the whole' : steps.join('.');
}
