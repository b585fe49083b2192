/** How long a gateway waits for a service, in milliseconds, unless it says otherwise. */
export const GATEWAY_TIMEOUT_MS = 10_000;

/** Where a gateway sends what comes in under a path. */
export interface GatewayRoute {
  /** All under it: `/orders` also takes `/orders/1`. */
  readonly path: string;
  /** The service behind it. Its URL is the setting `{SERVICE}_URL`. */
  readonly service: string;
  /** The URL where that setting is missing, for development. */
  readonly url?: string;
}

export interface GatewayOptions {
  readonly name: string;
  /** Where it listens unless `PORT` says otherwise. */
  readonly port: number;
  readonly routes: readonly GatewayRoute[];
  /** How long a service may take to answer, in milliseconds. Default: 10,000. */
  readonly timeoutMs?: number;
}

export interface GatewayDefinition extends GatewayOptions {
  readonly kind: 'gateway';
}

/** One entry point to several services: routes by path, streams both ways, answers for services that do not. */
export function defineGateway(options: GatewayOptions): GatewayDefinition {
  return { kind: 'gateway', ...options };
}
