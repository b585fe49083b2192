import { CHANGE_RULES, type ChangeRule, type ChangeSeverity } from './change-rules.js';
import type { Reader } from './reader.js';

/** A change of what was released, by the rule that it comes under. */
export interface ChangeFinding {
  readonly rule: ChangeRule;
  readonly severity: ChangeSeverity;
  /** The service or gateway that changed. */
  readonly service: string;
  /** What of it: `event PaymentApproved`, `answer 201 of POST /payments`. */
  readonly where: string;
  /** Where else the same has changed: an object that several operations answer with. */
  readonly alsoAt: readonly string[];
  /** `lines.*.qty`, where `*` stands for the items of a list; undefined: it is about no field. */
  readonly field: string | undefined;
  /** How it was, in words. */
  readonly before: string;
  readonly after: string;
  /** Who counts on it, as far as that is known. */
  readonly readers: readonly Reader[];
  readonly fix: string;
}

export type ChangeParts = Omit<ChangeFinding, 'rule' | 'severity' | 'alsoAt' | 'field' | 'readers'> & {
  /** As a JSON Pointer; empty: the whole value. */
  readonly path?: string;
  readonly readers?: readonly Reader[];
};

export function change(rule: ChangeRule, { path, readers = [], ...parts }: ChangeParts): ChangeFinding {
  const field = path === undefined || path === '' ? undefined : path.slice(1).replaceAll('/', '.');
  return { rule, severity: CHANGE_RULES[rule], alsoAt: [], field, readers, ...parts };
}

/** What to do about what the lock does not know yet. */
export const UNRELEASED =
  'Nothing; it may still change until skanu contracts release takes it into the lock.';
