import type { JsonSchema } from '../../model/json-schema.js';
import type { Definitions } from '../misfits.js';
import type { OpenApiDocument } from '../service-contract.js';

const PREFIX = '#/components/schemas/';

/** The schemas of an OpenAPI document that its others refer to. */
export function componentsOf({ components: { schemas } }: Pick<OpenApiDocument, 'components'>): Definitions {
  return (ref) => {
    if (!ref.startsWith(PREFIX)) return undefined;
    // a schema that contains itself is referred to inside of another: `#/components/schemas/Cake/$defs/layer`
    const steps = ref.slice(PREFIX.length).split('/');
    // what a reference leads to is a schema, or is not there
    return steps.reduce<unknown>(
      (at, step) => (at as Record<string, unknown> | undefined)?.[step],
      schemas,
    ) as JsonSchema | undefined;
  };
}
