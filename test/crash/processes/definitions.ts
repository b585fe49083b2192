import type { ServiceDefinition } from '#framework/index';

/** Each is loaded only where it runs: most of what a start costs is loading. */
const LOAD: Readonly<Record<string, () => Promise<ServiceDefinition>>> = {
  till: async () => (await import('./till.ts')).till,
  ledger: async () => (await import('./ledger.ts')).ledger,
  order: async () => (await import('#cafe-order')).orderService,
  payment: async () => (await import('#cafe-payment')).paymentService,
  delivery: async () => (await import('#cafe-delivery')).deliveryService,
  ordertrace: async () => (await import('#cafe-trace')).orderTraceService,
  message: async () => (await import('#cafe-message')).messageService,
};

export async function definitionOf(name: string): Promise<ServiceDefinition> {
  const load = LOAD[name];
  if (!load) throw new Error(`there is no service ${name}`);
  return load();
}
