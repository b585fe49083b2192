import { BrokerUnavailableError } from '../../kernel/errors/broker-errors.js';

/** What SQLite or the file system said, in the words of the port; errors of other kinds as they are. */
export function brokerFailure(path: string, error: unknown): unknown {
  return isOfTheFile(error) ? new BrokerUnavailableError(`embedded (${path})`, error) : error;
}

/** Runs something that uses the log's file, and throws in the words of the port. */
export async function withBrokerFailures<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw brokerFailure(path, error);
  }
}

function isOfTheFile(error: unknown): boolean {
  // SQLite's errors have an errcode, those of the system an errno
  return error instanceof Error && ('errcode' in error || 'errno' in error);
}
