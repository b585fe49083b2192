import type { OpenApiDocument, OpenApiOperation } from '../service-contract.js';
import type { Call } from './call.js';
import { componentsOf } from './components-of.js';
import { misfitsInWords } from './in-words.js';
import { jsonIn } from './media-types.js';
import type { ProvidedOperation } from './provider.js';
import { isFormat, readMisfits } from './read-misfits.js';
import { type WiringFinding, finding } from './wiring-finding.js';

/** Whether the caller can read what the provider answers when it has done what was asked. */
export function answerFindings(
  call: Call,
  { operation, path }: ProvidedOperation,
  openApi: OpenApiDocument,
): WiringFinding[] {
  const { answer, caller: service, about } = call;
  if (!answer) return [];
  const here = `${call.method} ${path} of ${call.service}`;
  const described = successesOf(operation);
  const answers = described.flatMap(([status, { content }]) => {
    // what has no body is for those who do not ask for one
    const json = content && jsonIn(content);
    return json ? [{ status, schema: json.schema }] : [];
  });
  if (described.length === 0) return [undescribed(call, here)];
  if (answers.length === 0)
    return [
      finding('call-answer', {
        service,
        about,
        what: `${about} reads the answer, and ${here} answers without JSON`,
        fix: `leave out returns, or let ${call.service} answer with a body`,
      }),
    ];
  return answers.flatMap(({ status, schema }) => {
    if (Object.keys(schema).length === 0) return [undescribed(call, here)];
    const found = readMisfits(schema, answer, { sent: componentsOf(openApi) });
    const [unlike, wrong] = [found.filter(isFormat), found.filter((one) => !isFormat(one))];
    return [
      ...(wrong.length === 0
        ? []
        : [
            finding('call-answer', {
              service,
              about,
              what: `${here} answers ${status} with what ${about} cannot read: ${misfitsInWords(wrong)}`,
              fix: `take back the change in ${call.service}, or let returns of ${about} read what is there`,
            }),
          ]),
      ...(unlike.length === 0
        ? []
        : [
            finding('answer-format', {
              service,
              about,
              what: `whether ${about} can read what ${here} answers with ${status} cannot be told: ${misfitsInWords(unlike)}`,
              fix: `use the same format in both, or read it as text`,
            }),
          ]),
    ];
  });
}

/** What it answers when all went well. What stands for all other statuses is an error, unless there is nothing else. */
function successesOf({ responses }: OpenApiOperation) {
  const successes = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  const rest = responses['default'];
  return successes.length === 0 && rest ? [['default', rest] as const] : successes;
}

function undescribed(call: Call, here: string): WiringFinding {
  const { caller: service, about } = call;
  return finding('call-unchecked', {
    service,
    about,
    what: `whether ${about} can read the answer cannot be said: what ${here} answers is not described`,
    fix: `describe it in the OpenAPI document of ${call.service}`,
  });
}
