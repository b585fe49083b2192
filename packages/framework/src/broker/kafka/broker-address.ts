import { ConfigurationError } from '../../kernel/errors/start-errors.js';

const SCHEME = 'kafka://';
const DEFAULT_PORT = 9092;

/** The brokers of `kafka://host:port,host:port`, each as `host:port`. @throws ConfigurationError */
export function brokersOf(url: string): string[] {
  const brokers = url.startsWith(SCHEME) ? url.slice(SCHEME.length).replace(/\/$/, '').split(',') : [];
  const named = brokers.map((broker) => {
    const [, host, port = DEFAULT_PORT] = /^([A-Za-z0-9._-]+)(?::(\d{1,5}))?$/.exec(broker.trim()) ?? [];
    return host && `${host}:${port}`;
  });
  // what was given is not shown: someone may have put a password into it
  if (named.length === 0 || named.some((one) => !one)) {
    throw new ConfigurationError(
      'the URL of the broker is no list of hosts and ports',
      'Use kafka://HOST:PORT,HOST:PORT; user and password have settings of their own.',
    );
  }
  return named as string[];
}
