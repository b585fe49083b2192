import { type Severity, WIRING_RULES, type WiringRule } from './wiring-rules.js';

/** Something between services that does not fit. */
export interface WiringFinding {
  readonly rule: WiringRule;
  readonly severity: Severity;
  /** The service or gateway that it was found in. */
  readonly service: string;
  /**
   * What it is about: a class (`PaymentClient`), a member (`PaymentPolicies.cancelPayment`), the type of an event, the path of a route. Undefined: the
   * service itself.
   */
  readonly about: string | undefined;
  readonly what: string;
  readonly fix: string;
}

export function finding(
  rule: WiringRule,
  parts: Omit<WiringFinding, 'rule' | 'severity' | 'about'> & { readonly about?: string },
): WiringFinding {
  const { service, about, what, fix } = parts;
  return { rule, severity: WIRING_RULES[rule], service, about, what, fix };
}
