import type { LogSink } from '../../service/loggers.js';

/** One line of a service's log. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** Keeps what a service logs, for the test to look at. */
export class LogLines implements LogSink {
  readonly all: LogLine[] = [];

  write(line: string): void {
    this.all.push(JSON.parse(line) as LogLine);
  }
}
