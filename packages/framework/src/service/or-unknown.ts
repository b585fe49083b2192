/** What cannot be asked for is not a number: an outage of the store must not take all metrics with it. */
export function orUnknown(ask: () => Promise<number>): Promise<number> {
  return ask().catch(() => NaN);
}
