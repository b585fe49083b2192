import { Wait } from 'testcontainers';
import { IMAGES, type ServerContainer, startServer } from './containers.ts';

/** Kafka, one node. `settings` are server properties beside those that are needed (`KAFKA_…`). */
export function startKafka(settings: Readonly<Record<string, string>> = {}): Promise<ServerContainer> {
  return startServer((hostPort) => ({
    image: IMAGES.kafka,
    port: 9092,
    environment: {
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      // the node talks to itself for transactions, and cannot see the port of the host
      KAFKA_LISTENERS: 'PLAINTEXT://:9092,INNER://localhost:9094,CONTROLLER://:9093',
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://localhost:${hostPort},INNER://localhost:9094`,
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,INNER:PLAINTEXT',
      KAFKA_INTER_BROKER_LISTENER_NAME: 'INNER',
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: '4',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS: '4',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      // a broker that was killed waits for its own old registration
      KAFKA_BROKER_SESSION_TIMEOUT_MS: '3000',
      KAFKA_BROKER_HEARTBEAT_INTERVAL_MS: '500',
      ...settings,
    },
    ready: Wait.forLogMessage(/Kafka Server started/),
  }));
}
