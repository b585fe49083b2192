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

/** What is never written to a log, wherever it stands in the fields. */
export const REDACTED_PATHS = ['password', 'secret', 'token', 'authorization', 'cookie'].flatMap((name) => [
  name,
  `*.${name}`,
  `*.*.${name}`,
]);
