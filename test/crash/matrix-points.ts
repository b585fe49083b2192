import type { Death } from './protocol.ts';

/** Where in the life of an event a process is killed, and whose. */
export interface MatrixPoint {
  readonly where: string;
  readonly death: Death;
  /** What has to go on for it to come to that. */
  readonly scene: 'order' | 'sale' | 'newcomer' | 'old owner' | 'redrive' | 'rebuild';
}

const REBUILD_POINTS = ['views.beginRebuild', 'views.hold', 'views.swap'];

/**
 * The points of one round.
 * @param below a random integer below a limit
 */
export function matrixPoints(below: (limit: number) => number): MatrixPoint[] {
  const nth = () => 1 + below(2);
  const side = (): Death['side'] => (below(2) === 0 ? 'before' : 'after');
  const store = (service: string, point: string, more: Partial<Death> = {}): Death => ({
    service,
    engine: 'store',
    side: 'after',
    point,
    ...more,
  });
  const broker = (service: string, point: string, more: Partial<Death> = {}): Death => ({
    ...store(service, point, more),
    engine: 'broker',
  });
  return [
    {
      where: 'after the remote call',
      death: store('order', 'commit', { side: 'before', of: 'request' }),
      scene: 'order',
    },
    {
      where: 'after the commit',
      death: store('till', 'commit', { of: 'request', nth: nth() }),
      scene: 'sale',
    },
    { where: 'after publishing', death: broker('till', 'publish', { nth: nth() }), scene: 'sale' },
    {
      where: 'after the handler',
      death: store('ledger', 'commit', { side: 'before', of: 'handler', nth: nth() }),
      scene: 'sale',
    },
    {
      where: 'after the inbox commit',
      death: store('ledger', 'commit', { of: 'handler', nth: nth() }),
      scene: 'sale',
    },
    {
      where: 'in a rebalance, as it takes over',
      death: broker('ledger', 'receiver.received', { side: side() }),
      scene: 'newcomer',
    },
    {
      where: 'in a rebalance, as it lets go',
      death: broker('ledger', 'receiver.revoked', { side: side() }),
      scene: 'old owner',
    },
    {
      where: 'in a redrive',
      death: store('ledger', 'commit', { side: side(), of: 'redrive', nth: nth() }),
      scene: 'redrive',
    },
    {
      where: 'in a rebuild',
      death: store('ledger', REBUILD_POINTS[below(REBUILD_POINTS.length)]!, { side: side() }),
      scene: 'rebuild',
    },
  ];
}
