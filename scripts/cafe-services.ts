/** The services of the cafe: where each stands in the repository, what tells others its URL, and where it listens. */
export const SERVICES = {
  order: { folder: 'cafe-order', urlSetting: 'ORDER_URL', port: 8081 },
  payment: { folder: 'cafe-payment', urlSetting: 'PAYMENT_URL', port: 8082 },
  delivery: { folder: 'cafe-delivery', urlSetting: 'DELIVERY_URL', port: 8083 },
  trace: { folder: 'cafe-trace', urlSetting: 'ORDERTRACE_URL', port: 8084 },
  message: { folder: 'cafe-message', urlSetting: 'MESSAGE_URL', port: 8085 },
  gateway: { folder: 'cafe-gateway', urlSetting: 'GATEWAY_URL', port: 8088 },
} as const;

export type ServiceName = keyof typeof SERVICES;

/** The names that stand for services (all, when none is given), and those that do not. */
export function serviceNames(given: readonly string[]): { names: ServiceName[]; unknown: string[] } {
  // the service of the trace package calls itself ordertrace, as its collection does
  const wanted = given.map((name) => (name === 'ordertrace' ? 'trace' : name));
  const unknown = wanted.filter((name) => !Object.hasOwn(SERVICES, name));
  const names = Object.keys(SERVICES) as ServiceName[];
  return { names: given.length === 0 ? names : names.filter((name) => wanted.includes(name)), unknown };
}
