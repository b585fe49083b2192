import { InvalidInputError } from '../../kernel/errors/model-errors.js';
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
    const checkedBody = body
      ? JSON.stringify(checked(name, 'body', body.safeParse(rest.shift())))
      : undefined;
    const options = (rest.shift() ?? {}) as CallOptions;
    const path = operation.path.replaceAll(/\{([^}]+)\}/g, (_, key: string) =>
      encodeURIComponent(String(parameters[key])),
    );
    const search = query ? searchOf(checked(name, 'query', query.safeParse(parameters))) : '';
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

function searchOf(query: unknown): string {
  const entries = Object.entries(query as Record<string, unknown>).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  const search = new URLSearchParams(entries.map(([key, value]) => [key, String(value)]));
  return entries.length > 0 ? `?${search}` : '';
}
