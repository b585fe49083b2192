import type { JsonSchema } from '../../model/json-schema.js';
import type {
  OpenApiContent,
  OpenApiDocument,
  OpenApiOperation,
  OpenApiParameter,
  OpenApiPath,
} from '../service-contract.js';
import { ForeignDocument, type Plain, isPlain } from './foreign-document.js';

/** A path has summaries, servers and extensions too. */
const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options', 'trace'];

/**
 * Somebody else's OpenAPI document (3.0 or 3.1) in the shape that the framework's own have: what is referred to stands where it is meant, except for
 * schemas, and what may be left out is there.
 * @param file for whoever has to mend it @throws ConfigurationError when it is none
 */
export function foreignOpenApi(content: unknown, file: string): OpenApiDocument {
  const document = new ForeignDocument(content, 'OpenAPI 3', file);
  const { openapi, swagger, info, paths, components } = document.root;
  if (swagger !== undefined) throw document.fault(`it is of version ${String(swagger)}`);
  const { title, version } = document.object(info, 'info');
  const { schemas } = document.object(components, 'components');
  const named = Object.entries(document.object(schemas, 'components/schemas'));
  return {
    openapi: String(openapi ?? '3.1.0'),
    info: { title: String(title ?? ''), version: String(version ?? '') },
    paths: Object.fromEntries(
      Object.entries(document.object(paths, 'paths'))
        .filter(([path]) => path.startsWith('/'))
        .map(([path, item]) => [path, pathItem(document, item, path)]),
    ),
    components: { schemas: Object.fromEntries(named.map(([name, schema]) => [name, plainSchema(schema)])) },
  };
}

function pathItem(document: ForeignDocument, item: unknown, path: string): OpenApiPath {
  const whole = document.object(item, path);
  const operations = METHODS.filter((method) => method in whole).map(
    (method) => [method, operation(document, whole[method], `${method.toUpperCase()} ${path}`)] as const,
  );
  return { parameters: parameters(document, whole, path), ...Object.fromEntries(operations) };
}

function operation(document: ForeignDocument, value: unknown, place: string): OpenApiOperation {
  const whole = document.object(value, place);
  const { operationId, requestBody, responses } = whole;
  const body = requestBody === undefined ? undefined : document.object(requestBody, `the body of ${place}`);
  const answers = Object.entries(document.object(responses, `responses of ${place}`));
  return {
    operationId: String(operationId ?? place),
    parameters: parameters(document, whole, place),
    ...(body && {
      requestBody: { required: body['required'] === true, content: contents(document, body, place) ?? {} },
    }),
    responses: Object.fromEntries(
      answers
        .filter(([status]) => !status.startsWith('x-'))
        .map(([status, answer]) => {
          const content = contents(document, document.object(answer, `${status} of ${place}`), place);
          return [status, content ? { content } : {}];
        }),
    ),
  };
}

function parameters(document: ForeignDocument, whole: Plain, place: string): OpenApiParameter[] {
  return document.list(whole['parameters'], `parameters of ${place}`).map((one) => {
    const parameter = document.object(one, `a parameter of ${place}`);
    const { name, in: kind, required, schema } = parameter;
    if (typeof name !== 'string' || typeof kind !== 'string')
      throw document.fault(`a parameter of ${place} has no name, or no place that it is in`);
    const [content] = Object.values(contents(document, parameter, place) ?? {});
    return {
      name,
      // others, such as `cookie`, nobody asks for
      in: kind as OpenApiParameter['in'],
      required: required === true,
      schema: schema === undefined ? (content?.schema ?? {}) : plainSchema(schema),
    };
  });
}

function contents(document: ForeignDocument, whole: Plain, place: string): OpenApiContent | undefined {
  if (whole['content'] === undefined) return undefined;
  const content = document.object(whole['content'], `content of ${place}`);
  return Object.fromEntries(
    Object.entries(content).map(([mediaType, one]) => {
      const { schema } = document.object(one, `${mediaType} of ${place}`);
      return [mediaType, { schema: plainSchema(schema) }];
    }),
  );
}

/** A schema as OpenAPI 3.1 has it; 3.0 had its own words for null and for open bounds. `true` and nothing take anything. */
function plainSchema(value: unknown): JsonSchema {
  if (value === false) return { not: {} };
  return isPlain(value) ? (modern(value) as JsonSchema) : {};
}

function modern(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(modern);
  if (!isPlain(value)) return value;
  const { nullable, ...rest } = Object.fromEntries(
    Object.entries(value).map(([keyword, inner]) => [keyword, modern(inner)]),
  ) as Plain;
  const schema = openBound(openBound(rest, 'minimum', 'exclusiveMinimum'), 'maximum', 'exclusiveMaximum');
  // a field may be called so
  if (typeof nullable !== 'boolean') return nullable === undefined ? schema : { ...schema, nullable };
  return nullable ? { anyOf: [schema, { type: 'null' }] } : schema;
}

function openBound(schema: Plain, bound: string, exclusive: string): Plain {
  const { [exclusive]: isOpen, ...rest } = schema;
  if (typeof isOpen !== 'boolean') return schema;
  const { [bound]: at, ...others } = rest;
  return isOpen ? { ...others, [exclusive]: at } : rest;
}
