import { InvalidInputError } from '../../kernel/errors/model-errors.js';
import { toJson } from '../../kernel/exact-json.js';
import { fieldsOf } from '../../model/entity.js';
import { fieldErrors } from '../../model/field-errors.js';
import type { CallOptions, OperationNote } from '../../model/http-operation.js';
import { urlEncoded } from './url-encoded.js';

/** What goes over the wire for one call, to whichever address of the service. */
export interface RemoteRequest {
  readonly method: string;
  /** With its query; begins with a slash. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Makes the request of one call from the arguments of its operation. @throws InvalidInputError */
export type RequestTemplate = (args: readonly unknown[]) => {
  readonly request: RemoteRequest;
  readonly options: CallOptions;
};

/** Takes an operation apart once, so that a call only fills it in. */
export function requestTemplate(name: string, operation: OperationNote): RequestTemplate {
  const { method, query, body, bodyKind } = operation;
  const names = [...operation.path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1]!);
  const hasParameters = names.length > 0 || query !== undefined;
  const accept = { accept: 'application/json, application/problem+json' };
  const withBody = { ...accept, 'content-type': CONTENT_TYPES[bodyKind] };
  const written = (value: unknown) => {
    if (value === undefined) return undefined;
    return bodyKind === 'form' ? urlEncoded(`the body of ${name}`, value) : toJson(value);
  };

  return (args) => {
    const rest = [...args];
    const parameters = (hasParameters ? rest.shift() : {}) as Record<string, unknown>;
    const content = body ? written(checked(name, 'body', body.safeParse(rest.shift()))) : undefined;
    const options = (rest.shift() ?? {}) as CallOptions;
    const path = operation.path.replaceAll(/\{([^}]+)\}/g, (_, key: string) =>
      segmentOf(name, key, parameters[key]),
    );
    const search = query ? searchOf(name, query.safeParse(fieldsOf(parameters, query))) : '';
    const headers = content === undefined ? accept : withBody;
    return { request: { method, path: `${path}${search}`, headers, body: content }, options };
  };
}

const CONTENT_TYPES = { json: 'application/json', form: 'application/x-www-form-urlencoded' };

type Parsed = { success: true; data: unknown } | { success: false; error: Parameters<typeof fieldErrors>[0] };

function checked(name: string, part: string, parsed: Parsed): unknown {
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

function searchOf(name: string, parsed: Parsed): string {
  const search = urlEncoded(`the query of ${name}`, checked(name, 'query', parsed));
  return search === '' ? '' : `?${search}`;
}
