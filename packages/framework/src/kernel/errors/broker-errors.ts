import { SkanuError } from './skanu-error.js';

/** The broker does not answer. The outbox keeps the events, the consumer waits. */
export class BrokerUnavailableError extends SkanuError {
  static override readonly code: string = 'BROKER_UNAVAILABLE';
  constructor(broker: string, cause?: unknown) {
    super(`the broker ${broker} is not available`, {
      help: 'Check that it is up and reachable; events wait in the outbox meanwhile.',
      retriable: true,
      cause,
    });
  }
}

/** A topic was used that does not exist. */
export class UnknownTopicError extends SkanuError {
  static override readonly code: string = 'UNKNOWN_TOPIC';
  constructor(topic: string) {
    super(`topic ${topic} does not exist`, {
      help: 'Make the topic before publishing to it or reading from it.',
    });
  }
}

/** A record is larger than the broker takes. */
export class RecordTooLargeError extends SkanuError {
  static override readonly code: string = 'RECORD_TOO_LARGE';
  constructor(what: string, bytes: number, limitBytes: number) {
    super(`${what} has ${bytes} bytes, more than the ${limitBytes} that the broker takes`, {
      help: 'Publish less: ids instead of contents.',
    });
  }
}

/** A group of consumers is to be forgotten while it has members. */
export class GroupInUseError extends SkanuError {
  static override readonly code: string = 'GROUP_IN_USE';
  constructor(group: string, cause?: unknown) {
    super(`group ${group} has members`, {
      help: 'Stop all members first; one that died counts until its session is over.',
      retriable: true,
      cause,
    });
  }
}
