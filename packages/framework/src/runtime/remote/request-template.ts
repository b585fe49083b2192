import { InvalidInputError } from '../../kernel/errors/model-errors.js';
import { toJson } from '../../kernel/exact-json.js';
import { fieldsOf } from '../../model/entity.js';
import { fieldErrors } from '../../model/field-errors.js';
import type { CallOptions, OperationNote } from '../../model/http-operation.js';

/** What goes over the wire for one call. */
export interface RemoteRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Makes the request of one call from the arguments of its operation. @throws InvalidInputError */
export type RequestTemplate = (args: readonly unknown[]) => {
  readonly request: RemoteRequest;
  readonly options: CallOptions;
};

/** Takes an operation apart once, so that a call only fills it in. */
export function requestTemplate(name: string, operation: OperationNote, baseUrl: string): RequestTemplate {
  const { method, query, body } = operation;
  const base = baseUrl.replace(/\/+$/, '');
  const names = [...operation.path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1]!);
  const hasParameters = names.length > 0 || query !== undefined;
  const headers = {
    accept: 'application/json, application/problem+json',
    ...(body && { 'content-type': 'application/json' }),
  };

  return (args) => {
    const rest = [...args];
    const parameters = (hasParameters ? rest.shift() : {}) as Record<string, unknown>;
    const checkedBody = body ? toJson(checked(name, 'body', body.safeParse(rest.shift()))) : undefined;
    const options = (rest.shift() ?? {}) as CallOptions;
    const path = operation.path.replaceAll(/\{([^}]+)\}/g, (_, key: string) =>
      segmentOf(name, key, parameters[key]),
    );
    const search = query
      ? searchOf(checked(name, 'query', query.safeParse(fieldsOf(parameters, query))))
      : '';
    return { request: { method, url: `${base}${path}${search}`, headers, body: checkedBody }, options };
  };
}

function checked(
  name: string,
  part: string,
  parsed: { success: true; data: unknown } | { success: false; error: Parameters<typeof fieldErrors>[0] },
): unknown {
  // what we are about to send is wrong: refuse before anything leaves
  if (!parsed.success) throw new InvalidInputError(`the ${part} of ${name}`, fieldErrors(parsed.error));
  return parsed.data;
}

/** One segment of a path. */
function segmentOf(name: string, key: string, value: unknown): string {
  const text = value === undefined || value === null ? '' : String(value);
  // an empty segment, and dots, would make it another path: `DELETE /payments/{id}` could reach the collection
  if (/^\.{0,2}$/.test(text)) {
    const detail = text === '' ? 'is missing' : `${text} is no name`;
    throw new InvalidInputError(`the path of ${name}`, [{ pointer: `/${key}`, detail }]);
  }
  return encodeURIComponent(text);
}

/** A list repeats its name; what is absent or null is left out. */
function searchOf(query: unknown): string {
  const pairs = Object.entries(query as Record<string, unknown>).flatMap(([key, value]) =>
    [value].flat().flatMap((one) => (one === undefined || one === null ? [] : [[key, spelled(one)]])),
  );
  return pairs.length > 0 ? `?${new URLSearchParams(pairs).toString()}` : '';
}

function spelled(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}
