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
