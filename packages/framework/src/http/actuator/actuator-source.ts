import type { ClientStates } from '../../runtime/remote/client-states.js';
import type { CallIntents } from '../../store/call-intents.js';
import type { ParkingLot } from '../../store/parking-lot.js';

export type HealthStatus = 'UP' | 'DOWN' | 'OUT_OF_SERVICE';

/** The state of one part, with whatever explains it; no secrets. */
export interface ComponentHealth {
  readonly status: HealthStatus;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The state of the whole: anything but `UP` is answered with 503. */
export interface Health {
  readonly status: HealthStatus;
  readonly components?: Readonly<Record<string, ComponentHealth>>;
}

/** The levels of loggers, as Spring names them. */
export const LOG_LEVELS = ['OFF', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoggerState {
  /** What was set for this logger; undefined: it has the level of `ROOT`. */
  readonly configuredLevel?: LogLevel | undefined;
  readonly effectiveLevel: LogLevel;
}

/** Reads and changes log levels while the service runs. */
export interface LoggerLevels {
  /** All loggers by name; the one that the others follow is `ROOT`. */
  all(): Readonly<Record<string, LoggerState>>;
  /** Sets the level of a logger that {@link all} names; undefined takes back what was set. */
  set(name: string, level: LogLevel | undefined): void;
}

export interface OutboxStatus {
  readonly pending: number;
  /** Seconds; 0 when nothing waits. */
  readonly oldestAgeSeconds: number;
}

/** Which parked records to handle again: those of a key in their order, or the one at a position that has no key. */
export type RedriveTarget =
  | { readonly handler: string; readonly key: string }
  | { readonly handler: string; readonly position: number }
  | 'all';

export interface RedriveResult {
  /** How many records were handled. */
  readonly done: number;
  /** How many of the target still wait. */
  readonly remaining: number;
  /** Which keys (or records without a key) failed again, and why. */
  readonly failures: readonly {
    readonly handler: string;
    readonly key: string | null;
    readonly position: number;
    readonly code: string;
    readonly message: string;
  }[];
}

/** Records that could not be handled. */
export interface ParkedRecords {
  readonly lot: Pick<ParkingLot, 'keys' | 'records' | 'first' | 'count' | 'drop'>;
  redrive(target: RedriveTarget): Promise<RedriveResult>;
}

/** A read model, and how far its rebuild is. */
export interface ViewState {
  readonly name: string;
  readonly generation: number;
  readonly state: 'live' | 'elsewhere' | 'reading' | 'swapping' | 'done' | 'failed';
  /** In records of the log. */
  readonly progress: { readonly done: number; readonly total: number } | undefined;
  /** Why a rebuild has failed. */
  readonly failure: unknown;
  readonly oldRows: number | undefined;
}

/** Read models that can be made anew from the log. */
export interface RebuildableViews {
  all(): Promise<readonly ViewState[]>;
  /** @throws NotFoundError */
  one(name: string): Promise<ViewState>;
  /** Begins a rebuild, and resolves long before its end. @throws NotFoundError, RebuildRunningError */
  begin(name: string): Promise<void>;
  /** Drops the table of the generation before. @throws NotFoundError */
  dropOld(name: string): Promise<void>;
}

/** One metric with its series. */
export interface MetricState {
  readonly name: string;
  readonly description: string;
  readonly measurements: readonly {
    /** For parts of a histogram what Prometheus calls them: `http_server_requests_seconds_count`. */
    readonly name: string;
    readonly tags: Readonly<Record<string, string | number>>;
    readonly value: number;
  }[];
}

export interface MetricsSource {
  readonly contentType: string;
  /** All of them as Prometheus text. */
  text(): Promise<string>;
  names(): readonly string[];
  /** One of them as it is now; undefined when there is none of that name. */
  one(name: string): Promise<MetricState | undefined>;
}

/** What the actuator shows. Each part that is there has its path; a gateway has few of them. */
export interface ActuatorSource {
  health(): Promise<Health>;
  /** Whether the process should be left alive: not a matter of its neighbours, nor of its database. */
  liveness(): Promise<Health>;
  /** Whether it should get requests: not while it starts or drains. */
  readiness(): Promise<Health>;
  info(): object;
  readonly metrics?: MetricsSource;
  readonly loggers?: LoggerLevels;
  readonly outbox?: () => Promise<OutboxStatus>;
  readonly parked?: ParkedRecords;
  /** The calls that are to be undone. */
  readonly undos?: Pick<CallIntents, 'abandoned' | 'undone'>;
  readonly views?: RebuildableViews;
  readonly clients?: ClientStates;
}
