import type { GatewayDefinition } from '../model/gateway-definition.js';
import type { Environment } from '../service/settings.js';
import { startGateway } from '../service/start-gateway.js';
import { type LogLine, LogLines } from './harness/log-lines.js';
import { type TestRequest, requestsTo } from './harness/request.js';

/** A gateway that runs for a test. */
export interface TestGateway extends AsyncDisposable {
  readonly url: string;
  readonly logged: readonly LogLine[];
  readonly request: TestRequest;
}

/**
 * Starts a gateway for a test: in this process, on a free port.
 * @param settings where the services are, such as `ORDER_URL`. The environment of the process is not read.
 * @example await using gateway = await startTestGateway(cafeGateway, { ORDER_URL: order.url });
 */
export async function startTestGateway(
  definition: GatewayDefinition,
  settings: Environment = {},
): Promise<TestGateway> {
  const log = new LogLines();
  const environment = { PORT: '0', LOG_FORMAT: 'json', SHUTDOWN_LINGER_MS: '0', ...settings };
  const running = await startGateway(definition, { environment, log });
  return {
    url: running.url,
    logged: log.all,
    request: requestsTo(running.url),
    [Symbol.asyncDispose]: () => running.stop(),
  };
}
