/** What secrets are called, with a number or without: `password`, `token2`, `api-key`. */
export const SECRET_WORDS = '(?:password|passwd|pwd|secret|token|api[-_]?key)[-_]?\\d*';

/** Names of what is never shown, wherever it stands: `dbPassword`, `Authorization`, `set-cookie`. */
const SECRET_FIELD = new RegExp(`(?:${SECRET_WORDS}|^authorization|^(?:set-)?cookie)$`, 'i');

/** Whether a field or header of that name holds a secret. */
export function isSecretField(name: string): boolean {
  return SECRET_FIELD.test(name);
}
