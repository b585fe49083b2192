import { requestsTo } from '../harness/request.js';

interface ParkedKeys {
  readonly keys?: readonly {
    readonly handler: string;
    readonly key: string | null;
    readonly reason: { readonly code: string; readonly message: string } | null;
  }[];
}

/** What a service could not handle, in words: the handler, the key and the reason. Nothing of what listens there without a parking lot. */
export async function parkedReasons(url: string): Promise<string[]> {
  const { status, body } = await requestsTo(url)<ParkedKeys | undefined>('GET', '/actuator/parked');
  if (status !== 200) return [];
  return (body?.keys ?? []).map(
    ({ handler, key, reason }) =>
      `${handler} could not handle what came with ${key === null ? 'no key' : `key ${key}`}: ${reason?.message ?? 'it waits for its turn'}`,
  );
}
