import { PreconditionFailedError } from '../../kernel/errors/request-errors.js';

/** The version as an entity tag: `"3"`. */
export function entityTagOf(version: number): string {
  return `"${version}"`;
}

/** Whether `If-None-Match` names this tag: the client has it already. Weak tags count, as RFC 9110 13.1.2 says. */
export function isKnown(ifNoneMatch: string | undefined, tag: string): boolean {
  return ifNoneMatch !== undefined && names(ifNoneMatch, tag, true);
}

/** What a client demands before it lets a change happen. */
export interface Preconditions {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
}

/** @throws PreconditionFailedError */
export function assertPreconditions(
  { ifMatch, ifNoneMatch }: Preconditions,
  what: string,
  version: number,
): void {
  const tag = entityTagOf(version);
  const holds = (ifMatch === undefined || names(ifMatch, tag, false)) && !isKnown(ifNoneMatch, tag);
  if (!holds) throw new PreconditionFailedError(what, tag);
}

function names(header: string, tag: string, weakly: boolean): boolean {
  return header.split(',').some((part) => {
    const one = part.trim();
    return one === '*' || one === tag || (weakly && one === `W/${tag}`);
  });
}
