import { InterceptorError } from '../../kernel/errors/remote-errors.js';
import type { Interceptor, OutgoingRequest } from '../../model/resilience.js';

/**
 * A request as its interceptors want it, one after the other.
 * @throws InterceptorError when one of them leads it to another service; what an interceptor itself throws
 */
export async function intercepted(
  operation: string,
  request: OutgoingRequest,
  interceptors: readonly Interceptor[] = [],
): Promise<OutgoingRequest> {
  let changed = request;
  for (const interceptor of interceptors) changed = await interceptor(changed);
  // the address was chosen for this attempt, and what comes of it is told of that address
  if (changed !== request && originOf(changed.url) !== originOf(request.url))
    throw new InterceptorError(operation, `led it to ${originOf(changed.url) ?? 'what is no URL'}`);
  return changed;
}

function originOf(url: string): string | undefined {
  return URL.parse(url)?.origin;
}
