import type { BootFault } from '../../kernel/errors/start-errors.js';
import type { FeignClientOptions } from '../../model/feign-client.js';
import type { OperationNote } from '../../model/http-operation.js';
import type { ResilienceOptions } from '../../model/resilience.js';

/** Timers cannot be set for much longer. */
const DAY_MS = 24 * 60 * 60 * 1000;

interface Range {
  readonly from: number;
  readonly to: number;
  readonly isWhole: boolean;
}

const whole = (from: number, to: number): Range => ({ from, to, isWhole: true });
const MS = whole(1, DAY_MS);
const WAIT_MS = whole(0, DAY_MS);
const COUNT = whole(1, 1_000_000);
const SHARE: Range = { from: 0, to: 1, isWhole: false };

const OPTIONS = { timeoutMs: MS, attemptTimeoutMs: MS };
const BULKHEAD = { maxConcurrent: COUNT, maxWaiting: whole(0, 1_000_000), maxWaitMs: MS };
const CIRCUIT = {
  failureRate: SHARE,
  windowMs: MS,
  // of fewer calls one or two failures would be a rate
  minCalls: whole(10, 1_000_000),
  openMs: MS,
  probes: COUNT,
  slowMs: MS,
};
const RETRY = { attempts: whole(1, 10), baseMs: WAIT_MS, capMs: WAIT_MS };
const CLIENT = { retryBudget: SHARE };
const OUTLIERS = { failures: COUNT, ejectMs: MS, maxEjected: SHARE };

/** What is wrong with the options of a client that protect its callers. */
export function protectionFaults(client: string, options: FeignClientOptions): BootFault[] {
  return [
    ...resilienceFaults(client, options),
    ...rangeFaults(client, options, CLIENT),
    ...rangeFaults(`${client} outliers`, options.outliers, OUTLIERS),
  ];
}

/** What is wrong with those of one operation. */
export function operationFaults(operation: string, note: OperationNote): BootFault[] {
  const { undoPath, fallback } = note;
  const faults = resilienceFaults(operation, note);
  if (undoPath === undefined) return faults;
  if (fallback)
    faults.push({
      what: `${operation} has an undo and a fallback, so that nobody could tell whether it was made`,
      fix: 'leave one of them out',
    });
  const names = [...undoPath.matchAll(/\{([^}]*)\}/g)].map((match) => match[1]);
  if (!undoPath.startsWith('/') || names.length !== 1 || names[0] !== 'key')
    faults.push({
      what: `${operation} is undone by ${undoPath}, and all that is known then is the key of the call`,
      fix: "give undo a path that begins with / and has {key} in it, and nothing else in braces: undo: '/payments/requests/{key}'",
    });
  return faults;
}

function resilienceFaults(who: string, options: ResilienceOptions): BootFault[] {
  return [
    ...rangeFaults(who, options, OPTIONS),
    ...rangeFaults(`${who} bulkhead`, options.bulkhead, BULKHEAD),
    ...rangeFaults(`${who} circuit`, options.circuit || {}, CIRCUIT),
    ...rangeFaults(`${who} retry`, options.retry, RETRY),
  ];
}

function rangeFaults(
  who: string,
  options: object = {},
  ranges: Readonly<Record<string, Range>>,
): BootFault[] {
  const given = options as Readonly<Record<string, unknown>>;
  return Object.entries(ranges).flatMap(([name, { from, to, isWhole }]) => {
    const value = given[name];
    const fits =
      typeof value === 'number' && value >= from && value <= to && (!isWhole || Number.isInteger(value));
    if (value === undefined || fits) return [];
    const kind = isWhole ? 'a whole number' : 'a number';
    return [{ what: `${who} has ${name} ${String(value)}`, fix: `set it to ${kind} from ${from} to ${to}` }];
  });
}
