/** How a connection is encrypted. */
export interface TlsOptions {
  /** The certificates (PEM) of the authorities that are trusted; undefined: those that Node knows. */
  readonly ca?: string;
  /** Whether the server's certificate and name are checked. False only for tests. */
  readonly verify: boolean;
}
