import type { TestAnswer } from '../harness/request.js';
import { parkedReasons } from './parked-reasons.js';

const SHOWN = 500;

/**
 * Checks that a service is where a test has brought it. A request that is refused does not throw, nor does an event that is parked: without this, the blame
 * falls on what comes next.
 * @param what `the state "a payment was approved" of payment`
 * @param outcome what the test's function has resolved to: when it is an answer, it must not be a refusal
 * @param url where the service listens
 * @throws Error with the answer, or with what is parked
 */
export async function assertReached(what: string, outcome: unknown, url: string): Promise<void> {
  if (isAnswer(outcome) && outcome.status >= 400)
    throw new Error(
      `${what} was not reached: ${outcome.asked} answered ${outcome.status} ${cut(outcome.text)}`,
    );
  const parked = await parkedReasons(url);
  if (parked.length > 0) throw new Error(`${what} was not reached: ${parked.join('; ')}`);
}

function isAnswer(outcome: unknown): outcome is TestAnswer<unknown> {
  const { asked, status, text } = (outcome ?? {}) as Partial<TestAnswer<unknown>>;
  return typeof asked === 'string' && typeof status === 'number' && typeof text === 'string';
}

function cut(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
