import type { GatewayContract, OpenApiDocument, PublishedEvent } from '../service-contract.js';

/** The HTTP API of a service, as far as others count on it. */
export type LockedApi = Pick<OpenApiDocument, 'paths' | 'components'>;

/** What a service promised when it was last released. */
export interface LockedService {
  readonly kind: 'service';
  readonly service: string;
  readonly version: string;
  readonly publishes: readonly PublishedEvent[];
  readonly openApi: LockedApi;
}

/** What a service or gateway promised when it was last released: what the rules look at, and nothing else. */
export type LockedContract = LockedService | GatewayContract;
