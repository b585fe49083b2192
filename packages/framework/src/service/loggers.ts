import { pino } from 'pino';
import type { LogLevel, LoggerLevels, LoggerState } from '../http/actuator/actuator-source.js';
import type { Logger } from '../kernel/logger.js';
import { ambient } from '../model/ambient.js';
import { UnitOfWork } from '../runtime/unit-of-work.js';
import { withoutSecrets } from './secrets.js';
import type { CommonSettings } from './settings.js';

/** The parts of a service that log. */
export const LOGGER_NAMES = ['service', 'http', 'store', 'broker', 'relay', 'consumer', 'client'] as const;
export type LoggerName = (typeof LOGGER_NAMES)[number];

/** Where log lines go; tests give their own. */
export interface LogSink {
  write(line: string): void;
}

/** The loggers of one service. Each part's level can be changed while it runs. */
export class Loggers implements LoggerLevels {
  readonly #root: pino.Logger;
  readonly #parts = new Map<LoggerName, pino.Logger>();
  readonly #configured = new Map<LoggerName, LogLevel>();

  private constructor(root: pino.Logger) {
    this.#root = root;
    for (const name of LOGGER_NAMES) this.#parts.set(name, root.child({ logger: name }));
  }

  static async open(
    service: string,
    settings: Pick<CommonSettings, 'LOG_LEVEL' | 'LOG_FORMAT'>,
    sink?: LogSink,
  ): Promise<Loggers> {
    const options: pino.LoggerOptions = {
      level: settings.LOG_LEVEL,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      // not pino's own redaction: that knows paths of a certain depth and spelling only
      formatters: { level: (level) => ({ level }), log: withoutSecrets },
      serializers: { err: (error: Error) => withoutSecrets(pino.stdSerializers.err(error)) },
      mixin: whatRuns,
    };
    const pretty =
      settings.LOG_FORMAT === 'pretty' || (settings.LOG_FORMAT === 'auto' && process.stdout.isTTY);
    if (sink) return new Loggers(pino(options, sink));
    return new Loggers(pino(options, pretty ? await prettySink() : pino.destination({ fd: 1, sync: true })));
  }

  get(name: LoggerName): Logger {
    return this.#parts.get(name)!;
  }

  /** What each logger logs, by name; `ROOT` is what those follow that have no level of their own. */
  all(): Record<string, LoggerState> {
    const states = [...this.#parts].map(([name, logger]) => {
      const configuredLevel = this.#configured.get(name);
      return [
        name,
        { effectiveLevel: shownLevel(logger.level), ...(configuredLevel && { configuredLevel }) },
      ] as const;
    });
    const root = shownLevel(this.#root.level);
    return { ROOT: { configuredLevel: root, effectiveLevel: root }, ...Object.fromEntries(states) };
  }

  /** Sets the level of one logger; undefined: it follows `ROOT` again. */
  set(name: string, level: LogLevel | undefined): void {
    if (name === 'ROOT') this.#root.level = pinoLevel(level ?? 'INFO');
    else if (level) this.#configured.set(name as LoggerName, level);
    else this.#configured.delete(name as LoggerName);
    for (const [part, logger] of this.#parts) {
      const own = this.#configured.get(part);
      logger.level = own ? pinoLevel(own) : this.#root.level;
    }
  }
}

function pinoLevel(level: LogLevel): string {
  return level === 'OFF' ? 'silent' : level.toLowerCase();
}

function shownLevel(level: string): LogLevel {
  if (level === 'silent') return 'OFF';
  return level === 'fatal' ? 'ERROR' : (level.toUpperCase() as LogLevel);
}

/** Says in every line what it belongs to. */
function whatRuns(): object {
  const unit = ambient.getStore()?.unit;
  if (!(unit instanceof UnitOfWork)) return {};
  const { trace, correlationId, causationId } = unit.origin;
  return { traceId: trace.traceId, correlationId, ...(causationId && { eventId: causationId }) };
}

async function prettySink(): Promise<pino.DestinationStream> {
  // only for people: a service that logs JSON never loads it
  const { default: pretty } = await import('pino-pretty');
  return pretty({
    colorize: process.env['NO_COLOR'] === undefined,
    ignore: 'pid,hostname,service,logger',
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
    sync: true,
  });
}
