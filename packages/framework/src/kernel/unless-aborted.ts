/** Waits for a promise, and no longer when the signal is aborted: what it would have come to is not told then. @throws what it rejects with */
export async function unlessAborted(waiting: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  const abort = () => resolve();
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    await Promise.race([waiting, aborted]);
  } finally {
    // a signal may live much longer than what is waited for
    signal.removeEventListener('abort', abort);
  }
}
