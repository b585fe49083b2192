import { RemoteBadAnswerError } from '../../kernel/errors/remote-errors.js';
import { shownJson } from '../../kernel/shown.js';
import { coerced } from '../../model/coercion.js';
import { fieldErrors } from '../../model/field-errors.js';
import type { OperationNote } from '../../model/http-operation.js';

type Schema = NonNullable<OperationNote['returns']>;

/** An answer may be wrong in as many places as it has. */
const SHOWN_ERRORS = 5;

/** An answer in the types of its schema. @throws RemoteBadAnswerError with what was expected and what came */
export function checkedAnswer(operation: string, returns: Schema, json: unknown): unknown {
  const parsed = returns.safeParse(coerced(returns, json));
  if (parsed.success) return parsed.data;
  const errors = fieldErrors(parsed.error).map(({ pointer, detail }) => `${pointer || '/'}: ${detail}`);
  const more = errors.length > SHOWN_ERRORS ? `; ${errors.length - SHOWN_ERRORS} more` : '';
  const expected = `${errors.slice(0, SHOWN_ERRORS).join('; ')}${more}`;
  throw new RemoteBadAnswerError(operation, `${expected}; got ${shownJson(json)}`);
}
