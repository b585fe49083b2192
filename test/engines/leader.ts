import type { ServiceProcess } from '../cafe/service-process.ts';

interface Health {
  readonly components?: { readonly relay?: { readonly details?: { readonly leader?: boolean } } };
}

/** Whether it says that it relays the outbox of its database. One that does not answer does not. */
export async function isLeader(replica: ServiceProcess): Promise<boolean> {
  try {
    const answer = await fetch(`${replica.url}/actuator/health`, { signal: AbortSignal.timeout(2_500) });
    return ((await answer.json()) as Health).components?.relay?.details?.leader === true;
  } catch {
    return false;
  }
}

/** Those that say so. */
export async function leadersOf(replicas: readonly ServiceProcess[]): Promise<ServiceProcess[]> {
  const leading = await Promise.all(replicas.map(isLeader));
  return replicas.filter((_, index) => leading[index]);
}
