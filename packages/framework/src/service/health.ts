import type { ComponentHealth, Health } from '../http/actuator/actuator-source.js';
import type { Clock } from '../kernel/clock.js';
import { LifecycleTimeoutError } from '../kernel/errors/start-errors.js';
import { SkanuError } from '../kernel/errors/skanu-error.js';

/** Resolves with details when the part is well, rejects when it is not. */
export type Probe = () => Promise<Readonly<Record<string, unknown>>>;

const PROBE_LIMIT_MS = 2_000;
/** Several who ask within that time get one answer, so that probing costs nothing under load. */
const FRESH_MS = 500;

/** Asks the parts of a service how they are. */
export class HealthCheck {
  #last: { readonly at: number; readonly report: Promise<Health> } | undefined;

  constructor(
    private readonly probes: Readonly<Record<string, Probe>>,
    private readonly clock: Clock,
  ) {}

  report(): Promise<Health> {
    const now = this.clock.now();
    if (!this.#last || now - this.#last.at >= FRESH_MS) this.#last = { at: now, report: this.#ask() };
    return this.#last.report;
  }

  async #ask(): Promise<Health> {
    const components = Object.fromEntries(
      await Promise.all(
        Object.entries(this.probes).map(
          async ([name, probe]) => [name, await this.#componentOf(name, probe)] as const,
        ),
      ),
    );
    const isUp = Object.values(components).every(({ status }) => status === 'UP');
    return { status: isUp ? 'UP' : 'DOWN', components };
  }

  async #componentOf(name: string, probe: Probe): Promise<ComponentHealth> {
    const limit = new AbortController();
    try {
      const late = this.clock.sleep(PROBE_LIMIT_MS, limit.signal).then(() => {
        throw new LifecycleTimeoutError(`the probe of ${name}`, PROBE_LIMIT_MS);
      });
      late.catch(() => {});
      return { status: 'UP', details: await Promise.race([probe(), late]) };
    } catch (error) {
      // codes and our own messages only: a driver's message may name what should stay inside
      const details =
        error instanceof SkanuError ? { code: error.code, message: error.message } : { code: 'ERROR' };
      return { status: 'DOWN', details };
    } finally {
      limit.abort();
    }
  }
}
