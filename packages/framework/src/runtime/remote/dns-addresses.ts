import { lookup } from 'node:dns/promises';

/** Gives the addresses of a host: a port, so that a test can be the name server. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/**
 * What the system knows about a host. A replica with addresses of both kinds is one replica and not two, so only those of one kind count: IPv4 where
 * there are any, because that is what services in containers listen on.
 */
export const resolveHost: Resolve = async (host) => {
  const found = await lookup(host, { all: true, order: 'ipv4first' });
  return found.filter(({ family }) => family === found[0]?.family).map(({ address }) => address);
};
