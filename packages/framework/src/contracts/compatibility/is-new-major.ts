import type { Contract } from '../service-contract.js';
import type { LockedContract } from './locked-contract.js';

/** What a service has as its version that does not say one. */
const NONE = '0.0.0';

/** Whether a service says with its version that what it changes is meant to break. A gateway has no version to say so. */
export function isNewMajor(before: LockedContract | undefined, after: Contract | undefined): boolean {
  if (before?.kind !== 'service' || after?.kind !== 'service') return false;
  // whoever had none says nothing by having one
  return before.version !== NONE && majorOf(after.version) > majorOf(before.version);
}

function majorOf(version: string): number {
  return Number(/^v?(\d+)/.exec(version)?.[1] ?? 0);
}
