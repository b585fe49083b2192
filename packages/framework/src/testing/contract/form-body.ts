import type { IncomingHttpHeaders } from 'node:http';
import type { PactInteraction } from '../../contracts/pact-file.js';

export const FORM_TYPE = 'application/x-www-form-urlencoded';

/** Exactly these fields, in any order. Of a body that is no JSON, Pact looks only at the kind of it where no rule says more. */
export function formRules(body: string) {
  const names = [...new Set(new URLSearchParams(body).keys())];
  const isTheSame = { 'pact:matcher:type': 'equality', value: undefined };
  return { body: names.map((name) => ({ path: `$['${name}']`, rules: [isTheSame] })) };
}

interface ProxiedRequest {
  readonly headers: IncomingHttpHeaders;
  body?: unknown;
}

/**
 * For the verifier, whose proxy takes a form apart and sends it on as JSON, with the length that it had as a form: what the pact says is put in its
 * place again.
 */
export function keptForm(interaction: PactInteraction) {
  const content = interaction.type === 'Synchronous/HTTP' ? interaction.request.body?.content : undefined;
  return (request: ProxiedRequest, _response: unknown, next: () => void): void => {
    // requests that set up a state come this way too, with JSON
    const isForm = request.headers['content-type']?.startsWith(FORM_TYPE);
    if (isForm && typeof content === 'string') request.body = Buffer.from(content);
    next();
  };
}
