import { nameIn, nameless } from '../path-template.js';
import type { OpenApiDocument, OpenApiOperation, OpenApiParameter } from '../service-contract.js';

/** An operation of a provider, with the parameters that stand beside it. */
export interface ProvidedOperation {
  readonly path: string;
  readonly operation: OpenApiOperation;
  readonly parameters: readonly OpenApiParameter[];
}

/** A path of a provider that a caller's leads to. */
export interface ProvidedPath {
  readonly path: string;
  /** In small letters. */
  readonly methods: readonly string[];
  /** A `HEAD` is answered wherever there is a `GET`. */
  operation(method: string): ProvidedOperation | undefined;
}

/** The paths that a caller's may lead to, the most exact one first. */
export function providedPath(openApi: OpenApiDocument, path: string): ProvidedPath | undefined {
  const matching = Object.keys(openApi.paths).filter((one) => leadsTo(openApi, path, one));
  const [best] = matching.toSorted((one, other) => namesIn(one) - namesIn(other));
  if (best === undefined) return undefined;
  const item = openApi.paths[best]!;
  const shared = (item['parameters'] ?? []) as readonly OpenApiParameter[];
  return {
    path: best,
    methods: Object.keys(item).filter((one) => one !== 'parameters'),
    operation(method) {
      const small = method.toLowerCase();
      // all but `parameters` are operations
      const operation = (item[small] ?? (small === 'head' ? item['get'] : undefined)) as
        | OpenApiOperation
        | undefined;
      return operation && { path: best, operation, parameters: [...shared, ...(operation.parameters ?? [])] };
    },
  };
}

function namesIn(path: string): number {
  return path.split('{').length;
}

function leadsTo(openApi: OpenApiDocument, path: string, provided: string): boolean {
  const segments = nameless(path)
    .replace(/(?<=.)\/+$/, '')
    .split('/');
  const wanted = provided.split('/');
  return (
    segments.length === wanted.length &&
    wanted.every((segment, place) => {
      const given = segments[place]!;
      const name = nameIn(segment);
      if (name === undefined) return given === segment;
      return given === '{}' || !isNumber(openApi, provided, name) || /^\d+$/.test(given);
    })
  );
}

/** Whether what stands for a name in a path must be a number, so that a word cannot. */
function isNumber(openApi: OpenApiDocument, path: string, name: string): boolean {
  const { parameters, ...operations } = openApi.paths[path]!;
  const all = [parameters, ...Object.values(operations).map((one) => (one as OpenApiOperation).parameters)];
  const parameter = all.flat().find((one) => (one as OpenApiParameter | undefined)?.name === name);
  const type = (parameter as OpenApiParameter | undefined)?.schema['type'];
  return type === 'integer' || type === 'number';
}
