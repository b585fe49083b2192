import { SkanuError } from '../../kernel/errors/skanu-error.js';
import {
  StoreBusyError,
  StoreFailedError,
  StoreFullError,
  StoreReadOnlyError,
  StoreUnavailableError,
} from '../../kernel/errors/store-errors.js';
import { sqliteFault } from '../../sqlite/sqlite-fault.js';

/** What was thrown, as an error of the store. Errors of our own stay what they are. */
export function storeError(
  thrown: unknown,
  { store, doing, busyLimitMs }: { store: string; doing: string; busyLimitMs: number },
): SkanuError {
  if (thrown instanceof SkanuError) return thrown;
  switch (sqliteFault(thrown)) {
    case 'busy':
      return new StoreBusyError(store, busyLimitMs, thrown);
    case 'full':
      return new StoreFullError(store, thrown);
    case 'read-only':
      return new StoreReadOnlyError(store, thrown);
    case 'unavailable':
      return new StoreUnavailableError(
        store,
        thrown,
        'Check that the path is a SQLite file and its disk is well.',
      );
    default:
      return new StoreFailedError(store, doing, thrown);
  }
}
