import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Wait } from 'testcontainers';
import { type ServerContainer, startServer } from '../containers/containers.js';

export const PLAIN_USER = 'plain';
export const PLAIN_PASSWORD = 'plain secret';

/** A Kafka that wants TLS and a login, and the certificate of its authority. */
export interface SecureKafka {
  readonly server: ServerContainer;
  readonly ca: string;
}

export async function startSecureKafka(): Promise<SecureKafka> {
  const { ca, server: pem } = certificates();
  const server = await startServer((hostPort) => ({
    image: process.env['KAFKA_IMAGE'] ?? 'apache/kafka:4.1.1',
    port: 19393,
    files: [{ target: '/tmp/server.pem', content: pem }],
    environment: {
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_LISTENERS: 'SECURE://:19393,INNER://localhost:9092,CONTROLLER://localhost:9093',
      KAFKA_ADVERTISED_LISTENERS: `SECURE://localhost:${hostPort},INNER://localhost:9092`,
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'SECURE:SASL_SSL,INNER:PLAINTEXT,CONTROLLER:PLAINTEXT',
      KAFKA_INTER_BROKER_LISTENER_NAME: 'INNER',
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_SASL_ENABLED_MECHANISMS: 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
      KAFKA_LISTENER_NAME_SECURE_PLAIN_SASL_JAAS_CONFIG: `org.apache.kafka.common.security.plain.PlainLoginModule required user_${PLAIN_USER}="${PLAIN_PASSWORD}";`,
      KAFKA_LISTENER_NAME_SECURE_SCRAM___SHA___256_SASL_JAAS_CONFIG:
        'org.apache.kafka.common.security.scram.ScramLoginModule required;',
      KAFKA_LISTENER_NAME_SECURE_SCRAM___SHA___512_SASL_JAAS_CONFIG:
        'org.apache.kafka.common.security.scram.ScramLoginModule required;',
      KAFKA_SSL_KEYSTORE_TYPE: 'PEM',
      KAFKA_SSL_KEYSTORE_LOCATION: '/tmp/server.pem',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: '4',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      KAFKA_BROKER_SESSION_TIMEOUT_MS: '3000',
      KAFKA_BROKER_HEARTBEAT_INTERVAL_MS: '500',
    },
    ready: Wait.forLogMessage(/Kafka Server started/),
  }));
  return { server, ca };
}

/** Gives a user a password for a mechanism, or takes it away. */
export async function setScramPassword(
  { server }: SecureKafka,
  mechanism: 'SCRAM-SHA-256' | 'SCRAM-SHA-512',
  user: string,
  password?: string,
): Promise<void> {
  const change =
    password === undefined
      ? ['--delete-config', mechanism]
      : ['--add-config', `${mechanism}=[password=${password}]`];
  const done = await server.container.exec([
    '/opt/kafka/bin/kafka-configs.sh',
    '--bootstrap-server',
    'localhost:9092',
    '--alter',
    '--entity-type',
    'users',
    '--entity-name',
    user,
    ...change,
  ]);
  if (done.exitCode !== 0) throw new Error(done.output);
}

/** An authority of our own, and what it says of `localhost`: key and certificate in one. */
function certificates(): { ca: string; server: string } {
  const folder = mkdtempSync(join(tmpdir(), 'skanu-tls-'));
  const openssl = (command: string) =>
    execFileSync('openssl', command.split(' '), { cwd: folder, stdio: 'pipe' });
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  try {
    openssl('req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test-authority -keyout ca.key -out ca.pem');
    openssl(
      'req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout server.key -out server.csr -addext subjectAltName=DNS:localhost',
    );
    openssl(
      'x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -copy_extensions copy -out server.pem',
    );
    return { ca: read('ca.pem'), server: read('server.key') + read('server.pem') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
