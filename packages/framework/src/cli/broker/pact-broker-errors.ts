import { SkanuError } from '../../kernel/errors/skanu-error.js';

/** The Pact Broker has answered, and not done what it was asked for. */
export class PactBrokerRefusedError extends SkanuError {
  static override readonly code: string = 'PACT_BROKER_REFUSED';
  /** @param why what the broker says, cut, without secrets */
  constructor(
    what: string,
    readonly status: number,
    why: string,
  ) {
    super(`${what}: the Pact Broker answered ${status}${why === '' ? '' : `: ${why}`}`, {
      help: helpFor(status),
      retriable: status >= 500,
    });
  }
}

/** There was no answer of the Pact Broker. Asked again, it takes no harm: it may have done what it was asked for. */
export class PactBrokerSilentError extends SkanuError {
  static override readonly code: string = 'PACT_BROKER_SILENT';
  constructor(what: string, why: string) {
    super(`${what}: the Pact Broker gave no answer: ${why}`, {
      help: 'Check PACT_BROKER_BASE_URL and that the broker runs, then run the command again.',
      retriable: true,
    });
  }
}

/** The answer is not what a Pact Broker says by its documentation. */
export class PactBrokerBadAnswerError extends SkanuError {
  static override readonly code: string = 'PACT_BROKER_BAD_ANSWER';
  constructor(what: string, why: string, help = 'Check that PACT_BROKER_BASE_URL leads to a Pact Broker.') {
    super(`${what}: ${why}`, { help });
  }
}

function helpFor(status: number): string {
  if (status === 401 || status === 403)
    return 'Check PACT_BROKER_TOKEN, or PACT_BROKER_USERNAME and PACT_BROKER_PASSWORD, and what they may do there.';
  if (status === 404)
    return 'Publish the pacts of this version first (skanu contracts publish), and check PACT_BROKER_BASE_URL and that the broker is 2.89 or later.';
  if (status === 409)
    return 'What was published for a version stays as it is: publish what differs under another PACT_VERSION.';
  if (status >= 300 && status < 400)
    return 'Set PACT_BROKER_BASE_URL to where the broker really is: redirections are not followed.';
  if (status >= 500) return 'Look at the log of the broker, then run the command again.';
  return 'Correct what the broker names.';
}
