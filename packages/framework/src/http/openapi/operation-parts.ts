import { STATUS_CODES } from 'node:http';
import { PROBLEM_JSON } from '../problem.js';
import { HAL_JSON, JSON_TYPE } from '../resource/media-types.js';
import { schemaRef } from './components.js';
import type { JsonSchema } from '../../model/json-schema.js';

export const pathId = { name: 'id', in: 'path', required: true, schema: { type: 'integer', minimum: 1 } };

export const ifMatch = {
  name: 'If-Match',
  in: 'header',
  description: 'the ETag that the change is based on',
  schema: { type: 'string' },
};

export const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'the request takes effect once, however often it is sent with this key',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
};

export const pathKey = {
  name: 'key',
  in: 'path',
  required: true,
  description: 'the Idempotency-Key that the request was made with',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};

export const pagingParameters = [
  { name: 'page', in: 'query', schema: { type: 'integer', minimum: 0, default: 0 } },
  { name: 'size', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 1000, default: 20 } },
  {
    name: 'sort',
    in: 'query',
    description: 'field,(asc|desc); may be repeated',
    schema: { type: 'array', items: { type: 'string' } },
  },
];

/** The same schema under each media type. */
export function bodyOf(schema: JsonSchema, mediaTypes: readonly string[]) {
  return { required: true, content: Object.fromEntries(mediaTypes.map((type) => [type, { schema }])) };
}

export function responseOf(description: string, schema: JsonSchema): object {
  return { description, content: bodyOf(schema, [HAL_JSON, JSON_TYPE]).content };
}

/** The errors that an operation may answer with. */
export function problems(...statuses: readonly number[]): Record<number, object> {
  const content = bodyOf(schemaRef('Problem'), [PROBLEM_JSON]).content;
  return Object.fromEntries(
    [...statuses, 500].map((status) => [status, { description: STATUS_CODES[status], content }]),
  );
}
