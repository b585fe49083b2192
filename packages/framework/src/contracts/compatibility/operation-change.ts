import type { ApiOperation } from './api-operations.js';
import type { LockedApi } from './locked-contract.js';
import type { OperationUsers } from './operation-users.js';

/** An operation in both of its states, and who uses it. */
export interface OperationChange {
  readonly service: string;
  readonly before: ApiOperation;
  readonly after: ApiOperation;
  readonly apis: { readonly before: LockedApi; readonly after: LockedApi };
  readonly users: OperationUsers;
}
