import { join } from 'node:path';
import type { TopicDefinition } from '../broker/broker.js';
import { ConfigurationError } from '../kernel/errors/start-errors.js';
import type { ServiceDefinition } from '../model/service-definition.js';
import { type Environment, type ServiceSettings, readSettings, serviceSettings } from './settings.js';

/** The settings of one service: what is not set follows from its definition. @throws ConfigurationError */
export function serviceSettingsOf(
  { name, port, topic }: ServiceDefinition,
  environment: Environment,
): ServiceSettings {
  const given = readSettings(serviceSettings.pick({ DATA_DIR: true }), environment, {});
  const settings = readSettings(serviceSettings, environment, {
    PORT: port,
    TOPIC: topic,
    DATABASE_URL: `sqlite:${join(given.DATA_DIR, `${name}.db`)}`,
    BROKER_URL: `embedded:${join(given.DATA_DIR, 'events.db')}`,
  });
  if (settings.INBOX_RETENTION_MS > settings.TOPIC_RETENTION_MS) return settings;
  throw new ConfigurationError(
    `INBOX_RETENTION_MS is ${settings.INBOX_RETENTION_MS}, not longer than TOPIC_RETENTION_MS (${settings.TOPIC_RETENTION_MS})`,
    'Make it longer: an event that is forgotten while the topic still has it would take effect again.',
  );
}

/** The topic as it is made when it is not there. */
export function topicOf(settings: ServiceSettings): TopicDefinition {
  return {
    name: settings.TOPIC,
    partitions: settings.TOPIC_PARTITIONS,
    retentionMs: settings.TOPIC_RETENTION_MS,
    retentionBytes: settings.TOPIC_RETENTION_BYTES,
  };
}
