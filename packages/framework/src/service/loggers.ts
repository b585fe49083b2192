import { pino } from 'pino';
import { ConfigurationError } from '../kernel/errors/start-errors.js';
import type { Logger } from '../kernel/logger.js';
import { ambient } from '../model/ambient.js';
import { UnitOfWork } from '../runtime/unit-of-work.js';
import { REDACTED_PATHS } from './secrets.js';
import type { CommonSettings } from './settings.js';

export const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type Level = (typeof LEVELS)[number];

/** The parts of a service that log. */
export const LOGGER_NAMES = ['service', 'http', 'store', 'relay', 'consumer', 'client'] as const;
export type LoggerName = (typeof LOGGER_NAMES)[number];

/** Where log lines go; tests give their own. */
export interface LogSink {
  write(line: string): void;
}

/** The loggers of one service. Each part's level can be changed while it runs. */
export class Loggers {
  readonly #root: pino.Logger;
  readonly #parts = new Map<LoggerName, pino.Logger>();

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
      formatters: { level: (level) => ({ level }) },
      redact: { paths: REDACTED_PATHS, censor: '***' },
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

  /** The level of each part. */
  levels(): ReadonlyMap<string, string> {
    return new Map([
      ['ROOT', this.#root.level],
      ...[...this.#parts].map(([name, logger]) => [name, logger.level] as const),
    ]);
  }

  /** Changes the level of one part; of all, for `ROOT`. False: there is no such part. @throws ConfigurationError */
  setLevel(name: string, level: string): boolean {
    const wanted = level.toLowerCase();
    if (!LEVELS.includes(wanted as Level)) {
      throw new ConfigurationError(`there is no level ${level}`, `Use one of ${LEVELS.join(', ')}.`);
    }
    const chosen =
      name === 'ROOT' ? [this.#root, ...this.#parts.values()] : [this.#parts.get(name as LoggerName)];
    if (chosen[0] === undefined) return false;
    for (const logger of chosen) logger!.level = wanted;
    return true;
  }
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
