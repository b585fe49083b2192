import { SkanuError, messageOf } from '../kernel/errors/skanu-error.js';

/** What a person at a terminal reads when a service does not start: one line, what and what to do. */
export function failureLine(service: string, error: unknown): string {
  const line =
    error instanceof SkanuError
      ? `${service}: ${error.message}${because(error.cause)}. ${error.help} [${error.code}]`
      : `${service}: could not start: ${error instanceof Error ? (error.stack ?? error.message) : messageOf(error)}`;
  return line.replaceAll(/\s*\n\s*/g, ' | ');
}

function because(cause: unknown): string {
  if (cause === undefined) return '';
  const message = messageOf(cause);
  return message === '' ? '' : ` (${message})`;
}
