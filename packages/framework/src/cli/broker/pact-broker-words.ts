const MAX_CHARS = 500;

/** What a Pact Broker says in an answer that refuses, in any of the forms that its versions have. */
export function wordsOfRefusal(text: string): string {
  const body = parsed(text);
  const errors = wordsIn(body['errors']);
  if (errors.length > 0) return errors.join('; ');
  const error = body['error'];
  const [words] = [
    error,
    isRecord(error) ? error['message'] : undefined,
    body['detail'],
    body['title'],
    body['message'],
  ].filter((one) => typeof one === 'string');
  // a page of a proxy in front of it says less than its status
  return words ?? (/^\s*</.test(text) ? '' : text);
}

/** Words of the broker, fit for a terminal and a log: not too many of them, no control characters, no secrets. */
export function shownWords(words: string, secrets: readonly string[], maxChars = MAX_CHARS): string {
  let shown = words;
  // before it is cut: half a secret is not known as one
  for (const secret of secrets) shown = shown.replaceAll(secret, '***');
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  shown = shown.replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, ' ').trim();
  return shown.length > maxChars ? `${shown.slice(0, maxChars)}…` : shown;
}

/** `{ field: ['is missing'] }`, `['…']`, or problem documents with a `detail`. */
function wordsIn(errors: unknown, field?: string): string[] {
  if (typeof errors === 'string') return [field === undefined ? errors : `${field}: ${errors}`];
  if (Array.isArray(errors)) return errors.flatMap((one) => wordsIn(one, field));
  if (!isRecord(errors)) return [];
  if (typeof errors['detail'] === 'string') return [errors['detail']];
  return Object.entries(errors).flatMap(([name, value]) => wordsIn(value, name));
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const body: unknown = JSON.parse(text);
    return isRecord(body) ? body : {};
  } catch {
    return {};
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
