import type { ConformanceCase } from '../conformance-case.js';
import type { BrokerHarness } from './broker-harness.js';
import { BrokerLab } from './broker-lab.js';

/** A case before it knows the adapter. */
export type BrokerCase = (harness: BrokerHarness) => ConformanceCase;

/** A case in a lab of its own, which is closed whatever happens. */
export function brokerCase(title: string, run: (lab: BrokerLab) => Promise<void>): BrokerCase {
  return (harness) => ({ title, run: () => inLab(harness, run) });
}

/** A case that needs the engine to be cut off. */
export function interruptionCase(
  title: string,
  run: (lab: BrokerLab, interrupt: () => Promise<() => Promise<void>>) => Promise<void>,
): BrokerCase {
  return (harness) => {
    const { interrupt } = harness;
    if (!interrupt)
      return { title, skip: 'the harness cannot interrupt the engine', run: () => Promise.resolve() };
    return { title, run: () => inLab(harness, (lab) => run(lab, interrupt)) };
  };
}

async function inLab(harness: BrokerHarness, run: (lab: BrokerLab) => Promise<void>): Promise<void> {
  const lab = new BrokerLab(harness);
  try {
    await run(lab);
  } catch (error) {
    // what went wrong first is what matters; the lab's own checks would hide it
    await lab.end().catch(() => {});
    throw error;
  }
  await lab.end();
}
