import type { StoreCapabilities } from '../../store/store.js';
import type { ConformanceCase } from '../conformance-case.js';
import type { StoreHarness } from './store-harness.js';
import { StoreLab } from './store-lab.js';

/** A case before it knows the adapter. */
export type StoreCase = (harness: StoreHarness) => ConformanceCase;

/**
 * A case with a database of its own, which is removed whatever happens.
 * @param missing why an engine with those capabilities can't be held to it; undefined when it can
 */
export function storeCase(
  title: string,
  run: (lab: StoreLab) => Promise<void>,
  missing: (capabilities: StoreCapabilities) => string | undefined = () => undefined,
): StoreCase {
  return (harness) => {
    const skip = missing(harness.capabilities);
    return { title, ...(skip !== undefined && { skip }), run: () => inLab(harness, run) };
  };
}

async function inLab(harness: StoreHarness, run: (lab: StoreLab) => Promise<void>): Promise<void> {
  const lab = await StoreLab.on(harness);
  try {
    await run(lab);
  } catch (error) {
    // what went wrong first is what matters; what goes wrong while clearing up would hide it
    await lab.end().catch(() => {});
    throw error;
  }
  await lab.end();
}
