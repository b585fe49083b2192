/** The right to do something alone for a limited time. */
export interface Lease {
  readonly name: string;
  readonly owner: string;
  /** The fencing token: each acquisition by anybody has a higher one than all before. */
  readonly token: number;
}

/** Leases on the database's clock, so that the clocks of the processes do not matter. */
export interface Leases {
  /**
   * Takes the lease when it is free, expired, or its owner has certainly ended; undefined when another owner holds it. An owner that
   * holds it already gets it anew, with a new token.
   */
  acquire(name: string, owner: string, ttlMs: number): Promise<Lease | undefined>;

  /** Keeps the lease for another `ttlMs` from now. False: it was taken over, stop at once. */
  renew(lease: Lease, ttlMs: number): Promise<boolean>;

  /** Gives the lease back, if it is still held. */
  release(lease: Lease): Promise<void>;
}
