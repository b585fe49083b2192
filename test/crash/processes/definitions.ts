import type { ServiceDefinition } from '../../../packages/framework/src/index.ts';

/** Each is loaded only where it runs: most of what a start costs is loading. */
const LOAD: Readonly<Record<string, () => Promise<ServiceDefinition>>> = {
  till: async () => (await import('./till.ts')).till,
  ledger: async () => (await import('./ledger.ts')).ledger,
  order: async () => (await import('../../../packages/cafe-order/src/service.ts')).orderService,
  payment: async () => (await import('../../../packages/cafe-payment/src/service.ts')).paymentService,
  delivery: async () => (await import('../../../packages/cafe-delivery/src/service.ts')).deliveryService,
  ordertrace: async () => (await import('../../../packages/cafe-trace/src/service.ts')).orderTraceService,
  message: async () => (await import('../../../packages/cafe-message/src/service.ts')).messageService,
};

export async function definitionOf(name: string): Promise<ServiceDefinition> {
  const load = LOAD[name];
  if (!load) throw new Error(`there is no service ${name}`);
  return load();
}
