import type { JsonSchema } from '../../model/json-schema.js';
import type { Misfit } from '../misfits.js';
import type { OpenApiDocument, OpenApiParameter } from '../service-contract.js';
import type { Call } from './call.js';
import { componentsOf } from './components-of.js';
import { misfitsInWords } from './in-words.js';
import { nearest } from './nearest.js';
import { contentFor } from './media-types.js';
import type { ProvidedOperation } from './provider.js';
import { isFormat, readMisfits } from './read-misfits.js';
import { type WiringFinding, finding } from './wiring-finding.js';

const NO_FREE_TEXT = ['enum', 'const', 'pattern', 'format'];
const WRITTEN_AS_TEXT: readonly unknown[] = ['number', 'integer', 'boolean'];
const MEDIA_TYPES = { json: 'application/json', form: 'application/x-www-form-urlencoded' };

/** Whether the provider takes the body that is sent. */
export function bodyFindings(
  call: Call,
  { operation, path }: ProvidedOperation,
  openApi: OpenApiDocument,
): WiringFinding[] {
  const { body, service: provider } = call;
  const { requestBody } = operation;
  const here = `${call.method} ${path} of ${provider}`;
  if (!requestBody) return body ? [refused(call, `sends a body, and ${here} reads none`)] : [];
  if (!body)
    return requestBody.required ? [refused(call, `sends no body, and ${here} does not go without`)] : [];
  const mediaType = MEDIA_TYPES[call.bodyKind];
  const content = contentFor(requestBody.content, mediaType);
  if (!content) {
    const taken = Object.keys(requestBody.content).join(', ');
    return [refused(call, `sends ${mediaType}, and ${here} takes ${taken}`)];
  }
  return sentFindings('call-body', call, here, misfitsOf(body, content.schema, openApi));
}

/** Whether the provider knows the parameters that are sent, and gets those that it wants. */
export function queryFindings(
  call: Call,
  { parameters, path }: ProvidedOperation,
  openApi: OpenApiDocument,
): WiringFinding[] {
  const here = `${call.method} ${path} of ${call.service}`;
  const known = new Map(parameters.filter((one) => one.in === 'query').map((one) => [one.name, one]));
  const { properties: sent = {}, required = [] } = call.query ?? {};
  const unknown = Object.keys(sent)
    .filter((name) => !known.has(name))
    .map((name) => {
      const near = nearest(name, known.keys());
      const like = near === undefined ? 'it has none' : `the nearest is ${near}`;
      return queryFinding(call, `sends the parameter ${name}, which ${here} does not know; ${like}`);
    });
  const missing = [...known.values()]
    .filter((one) => one.required && !required.includes(one.name))
    .map(({ name }) => {
      const how = Object.hasOwn(sent, name) ? 'may leave out' : 'does not send';
      return queryFinding(call, `${how} the parameter ${name}, and ${here} does not go without`);
    });
  const unfit = Object.entries(sent).flatMap(([name, schema]) => {
    const parameter = known.get(name);
    const taken = parameter && takenInQuery(parameter, schema);
    if (!taken) return [];
    const found = misfitsOf({ $defs: call.query?.['$defs'], ...schema }, taken, openApi);
    return sentFindings(
      'call-query',
      call,
      here,
      found.map((one) => ({ ...one, path: `?${name}${one.path}` })),
    );
  });
  return [...unknown, ...missing, ...unfit];
}

/** In a query all is text, and one value is as good as a list of it. Undefined: whatever is sent is taken. */
function takenInQuery({ schema }: OpenApiParameter, sent: JsonSchema): JsonSchema | undefined {
  const isList = schema['type'] === 'array' && sent['type'] !== 'array';
  const taken = isList ? ((schema['items'] ?? {}) as JsonSchema) : schema;
  const isFreeText = taken['type'] === 'string' && !NO_FREE_TEXT.some((keyword) => keyword in taken);
  return isFreeText && WRITTEN_AS_TEXT.includes(sent['type']) ? undefined : taken;
}

function misfitsOf(sent: JsonSchema, taken: JsonSchema, openApi: OpenApiDocument): Misfit[] {
  return readMisfits(sent, taken, { accepted: componentsOf(openApi) });
}

/**
 * A value of the wrong kind is refused always. One that is out of a range is refused with an answer that the caller sees, and the range is often a rule
 * of the business that belongs to the provider alone: that is a note.
 */
function sentFindings(
  rule: 'call-body' | 'call-query',
  call: Call,
  here: string,
  found: readonly Misfit[],
): WiringFinding[] {
  const isRange = (one: Misfit) => one.kind === 'range' || isFormat(one);
  const wrong = found.filter((one) => !isRange(one));
  const outside = found.filter(isRange);
  const { caller: service, about } = call;
  return [
    ...(wrong.length === 0
      ? []
      : [
          finding(rule, {
            service,
            about,
            what: `${about} sends what ${here} refuses: ${misfitsInWords(wrong)}`,
            fix: `send what ${call.service} takes, or let it take what is sent`,
          }),
        ]),
    ...(outside.length === 0
      ? []
      : [
          finding('call-range', {
            service,
            about,
            what: `${about} may send what ${here} refuses: ${misfitsInWords(outside)}`,
            fix: `see that ${service} refuses it first, or can go on when ${call.service} does`,
          }),
        ]),
  ];
}

function refused(call: Call, what: string): WiringFinding {
  const { caller: service, about } = call;
  return finding('call-body', {
    service,
    about,
    what: `${about} ${what}`,
    fix: `send what ${call.service} takes`,
  });
}

function queryFinding(call: Call, what: string): WiringFinding {
  const { caller: service, about } = call;
  return finding('call-query', {
    service,
    about,
    what: `${about} ${what}`,
    fix: `ask as ${call.service} answers: its finders name the parameters`,
  });
}
