/** A value of a setting, fit to be shown: passwords in URLs and whole secrets are hidden. */
export function hiddenSecrets(name: string, value: string): string {
  if (/PASSWORD|SECRET|TOKEN|KEY$/.test(name)) return '***';
  return withoutPassword(value);
}

/** A URL (or anything) without the password in it. */
export function withoutPassword(url: string): string {
  return url.replace(/(:\/\/[^:@/\s]*):[^@/\s]*@/, '$1:***@');
}

/** What is never written to a log, wherever it stands in the fields. */
export const REDACTED_PATHS = ['password', 'secret', 'token', 'authorization', 'cookie'].flatMap((name) => [
  name,
  `*.${name}`,
  `*.*.${name}`,
]);
