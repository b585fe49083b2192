import type { logCreator } from 'kafkajs';
import type { Logger } from '../../kernel/logger.js';

/**
 * kafkajs reports as an error what it is about to try again, and as a warning what is normal. What is worth a person's
 * attention, a state that changes, the adapter says itself; everything else is for who looks closer.
 */
export function kafkaLogger(logger: Logger): logCreator {
  return () =>
    ({ namespace, label, log }) => {
      const { message, timestamp: _, logger: __, ...fields } = log;
      logger.debug({ kafkajs: { namespace, level: label, ...fields } }, message);
    };
}
