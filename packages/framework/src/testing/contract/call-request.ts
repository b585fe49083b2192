import assert from 'node:assert/strict';
import type { CalledOperation } from '../../contracts/service-contract.js';
import { coerced } from '../../model/coercion.js';
import { type FeignClientClass, operationsOf } from '../../model/feign-client.js';
import type { OperationNote } from '../../model/http-operation.js';
import { type JsonSchema, jsonSchemaOf } from '../../model/json-schema.js';
import { requestTemplate } from '../../runtime/remote/request-template.js';
import { neededExample } from './needed-example.js';

/** What a call is made with, and what of it goes over the wire. */
export interface CallRequest {
  readonly args: readonly unknown[];
  /** Without its query. */
  readonly path: string;
  /** By name; one that is repeated has several values. */
  readonly query: Readonly<Record<string, string[]>>;
  readonly accept: string;
  /** As it is written. */
  readonly body: string | undefined;
}

/**
 * The request that a client makes of these arguments. Default: of examples.
 * @throws InvalidInputError for arguments that the operation does not take
 */
export function callRequest(
  client: FeignClientClass,
  { operation, client: name }: CalledOperation,
  given: readonly unknown[] | undefined,
): CallRequest {
  const note = operationsOf(new client()).get(operation);
  assert.ok(note, `${name}.${operation} is no operation`);
  const args = given ?? exampleArguments(note);
  const { request } = requestTemplate(`${name}.${operation}`, note)(args);
  const [path = '', search = ''] = request.path.split('?', 2);
  const query: Record<string, string[]> = {};
  for (const [key, value] of new URLSearchParams(search)) (query[key] ??= []).push(value);
  return { args, path, query, accept: request.headers['accept'] ?? '*/*', body: request.body };
}

function exampleArguments({ path, query, body }: OperationNote): unknown[] {
  const names = [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1]!);
  const own = query && jsonSchemaOf(query, 'input');
  const parameters: JsonSchema = {
    ...own,
    type: 'object',
    properties: {
      // most have numbers for ids; another name is for the test to give
      ...Object.fromEntries(names.map((name) => [name, { type: 'integer' }])),
      ...own?.properties,
    },
    required: [...names, ...(own?.required ?? [])],
  };
  const taken = neededExample(parameters);
  return [
    ...(query ? [coerced(query, taken)] : names.length > 0 ? [taken] : []),
    ...(body ? [coerced(body, neededExample(jsonSchemaOf(body, 'input')))] : []),
  ];
}
