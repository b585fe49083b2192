import type { Logger } from '../../kernel/logger.js';
import type { CircuitOptions } from '../../model/resilience.js';
import type { CircuitChange } from './circuit.js';

/** Says in the log when the circuit of an operation changes, and why. */
export function logCircuit(
  logger: Logger,
  operation: string,
  { openMs, probes }: Required<Pick<CircuitOptions, 'openMs' | 'probes'>>,
): (change: CircuitChange) => void {
  return ({ to, calls, failures }) => {
    const rate = calls === 0 ? 0 : Math.round((100 * failures) / calls) / 100;
    const fields = { operation, circuit: to, calls, failures, rate };
    if (to === 'open')
      logger.warn({ ...fields, openMs }, 'a circuit is open: the other service is not asked for a while');
    else if (to === 'half open')
      logger.info({ ...fields, probes }, 'a circuit is half open: a few calls are let through');
    else if (to === 'closed') logger.info(fields, 'a circuit is closed: calls are let through again');
    else logger.warn(fields, 'a circuit is held as it is until it is set to auto');
  };
}
