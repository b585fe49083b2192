import type { Dispatcher } from 'undici';
import { unlessAborted } from '../../kernel/unless-aborted.js';

/**
 * Waits for an answer until the signal is aborted. undici heeds the signal of a request only once it has a connection for it: without this, a host that
 * does not take connections is waited for as long as connecting may take. A request that is given up so is not sent any more.
 * @throws what the request rejects with, and the signal's reason
 */
export async function answerInTime(
  requesting: Promise<Dispatcher.ResponseData>,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  await unlessAborted(requesting, signal);
  if (signal.aborted) {
    // nobody reads what still comes, and it would keep its connection
    requesting.then(({ body }) => body.dump()).catch(() => {});
    throw signal.reason;
  }
  return await requesting;
}
