import { isSecretField } from '../kernel/secret-field.js';

/** A value of a setting, fit to be shown: passwords in URLs and whole secrets are hidden. */
export function hiddenSecrets(name: string, value: string): string {
  if (/PASSWORD|SECRET|TOKEN|KEY$/.test(name)) return '***';
  return withoutPassword(value);
}

/** A URL (or anything) without the password in it. */
export function withoutPassword(url: string): string {
  // up to the last @: whoever forgot to escape a password is the one who gets to see the message
  return url
    .replace(/(:\/\/[^:@/\s]*):\S*@/, '$1:***@')
    .replaceAll(/([?&](?:password|pass|pwd|secret|token)=)[^&#\s]*/gi, '$1***');
}

/** A copy of what is to be logged, with `***` for all secrets in it. */
export function withoutSecrets(fields: object): Record<string, unknown> {
  return hiddenIn(fields, []);
}

function hiddenIn(fields: object, parents: readonly object[]): Record<string, unknown> {
  const within = [...parents, fields];
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      isSecretField(name) ? '***' : shownIn(value, within),
    ]),
  );
}

function shownIn(value: unknown, parents: readonly object[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (parents.includes(value)) return '[Circular]';
  if (Array.isArray(value)) return value.map((one) => shownIn(one, [...parents, value]));
  // these know themselves how they are written, and errors have a serializer
  if (value instanceof Error || ArrayBuffer.isView(value) || 'toJSON' in value) return value;
  return hiddenIn(value, parents);
}
