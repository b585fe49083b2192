import type { Servers } from './servers.ts';

export type StoreEngine = 'sqlite' | 'postgres' | 'mariadb';
export type BrokerEngine = 'embedded' | 'kafka';

/** What services keep their data in, and tell each other through. */
export interface EngineChoice {
  /** The same for all, or one for each service. */
  readonly store: StoreEngine | ((service: string) => StoreEngine);
  readonly broker: BrokerEngine;
  /** The servers, where any is needed. They are shared: each choice that is made gets databases and a topic of its own. */
  readonly servers?: Servers;
}

/** No server at all. */
export const EMBEDDED: EngineChoice = { store: 'sqlite', broker: 'embedded' };

/** As the cafe runs in full: each kind of database has its part, and nothing but Kafka is between them. */
export const fullCafe = (servers: Servers): EngineChoice => ({
  store: fullStoreOf,
  broker: 'kafka',
  servers,
});

function fullStoreOf(service: string): StoreEngine {
  if (service === 'order' || service === 'payment') return 'postgres';
  return service === 'delivery' ? 'mariadb' : 'sqlite';
}
