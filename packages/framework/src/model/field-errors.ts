import type { z } from 'zod';
import type { FieldError } from '../kernel/errors/model-errors.js';

/** zod's issues as RFC 6901 pointers with a sentence each. */
export function fieldErrors(error: z.core.$ZodError): FieldError[] {
  return error.issues.map((issue) => ({
    pointer: issue.path
      .map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
      .join(''),
    detail: issue.message,
  }));
}

/** What `safeParse` is given where the sentences are for people who never wrote `undefined`. */
export const IN_PLAIN_WORDS = {
  error: ({ code, input }: { readonly code?: string; readonly input?: unknown }) =>
    code === 'invalid_type' && input === undefined ? 'is missing' : undefined,
};
