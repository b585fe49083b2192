import type { Health } from '../http/actuator/actuator-source.js';

/** Where a service or gateway is in its life. */
export class Phase {
  #now: 'starting' | 'running' | 'draining' = 'starting';

  get now(): 'starting' | 'running' | 'draining' {
    return this.#now;
  }

  running(): void {
    this.#now = 'running';
  }

  draining(): void {
    this.#now = 'draining';
  }

  /** Alive as long as it can answer this. */
  readonly liveness = (): Promise<Health> => Promise.resolve({ status: 'UP' });

  /** Ready only while it runs. */
  readonly readiness = (): Promise<Health> =>
    Promise.resolve(
      this.#now === 'running'
        ? { status: 'UP' }
        : {
            status: 'OUT_OF_SERVICE',
            components: { phase: { status: 'OUT_OF_SERVICE', details: { phase: this.#now } } },
          },
    );
}
