import { access, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ChangeFinding } from '../contracts/compatibility/change-finding.js';
import { contractChanges } from '../contracts/compatibility/contract-changes.js';
import { lockedContracts } from '../contracts/compatibility/contracts-lock.js';
import { isNewMajor } from '../contracts/compatibility/is-new-major.js';
import type { LockedContract } from '../contracts/compatibility/locked-contract.js';
import { eventSamples, samplePath } from '../contracts/event-samples.js';
import type { Contract } from '../contracts/service-contract.js';
import { systemClock } from '../kernel/clock.js';
import { ConfigurationError } from '../kernel/errors/start-errors.js';
import { changeReport, countedChanges } from './change-report.js';
import { type Command, type CommandContext, USAGE_ERROR } from './command.js';
import { lockFile, lockIn, writeLock } from './contracts-lock-file.js';
import { contractsOf } from './contracts-of.js';
import { type FoundDefinition, allDefinitionsOf } from './definitions.js';
import { pactsIn } from './pacts-in.js';

/** Takes what services promise today into the lock, for changes to be compared with from now on. */
export const contractsRelease: Command = {
  usage: 'contracts release MODULE... [--contracts DIR] [--forget NAME,...]',
  summary: 'takes what services promise into contracts.lock, and keeps a sample of each event',
  options: {
    contracts: 'where contracts.lock, the pacts and the samples are; default: contracts',
    forget: 'services that are no more, and gateways that change on purpose, with commas between them',
  },
  async run(context, modules, { contracts = 'contracts', forget = '' }) {
    if (modules.length === 0) return USAGE_ERROR;
    const after = await contractsOf(modules);
    const before = (await lockIn(contracts)) ?? [];
    const forgotten = forget.split(',').filter(Boolean);
    for (const name of forgotten)
      if (after.some(({ service, kind }) => service === name && kind === 'service'))
        throw new ConfigurationError(
          `${name} cannot be forgotten: it is among the modules`,
          'What is meant to break gets a new major number as the version of its service.',
        );
    const left = before.filter(({ service }) => !forgotten.includes(service));
    const changes = contractChanges(left, after, await pactsIn(contracts));
    if (!mayRelease(context, changes, left, after)) return 1;
    const isNew = await writeLock(contracts, lockedContracts(after));
    context.out.write(`${isNew ? 'wrote' : 'left as it was:'} ${lockFile(contracts)}\n`);
    await keepSamples(context, await allDefinitionsOf(modules), contracts);
    return 0;
  },
};

/** No with a break, unless the major number of its service says that it is meant. */
function mayRelease(
  { out, err }: CommandContext,
  changes: readonly ChangeFinding[],
  before: readonly LockedContract[],
  after: readonly Contract[],
): boolean {
  const breaks = changes.filter(({ severity }) => severity === 'break');
  const isMeant = ({ service }: ChangeFinding) =>
    isNewMajor(
      before.find((one) => one.service === service),
      after.find((one) => one.service === service),
    );
  const refused = breaks.filter((one) => !isMeant(one));
  if (refused.length > 0) {
    err.write(
      `${changeReport(refused)}nothing is released: ${countedChanges(refused)}; what is meant to break gets a new major number as the version of its service (a gateway: --forget NAME)\n`,
    );
    return false;
  }
  if (breaks.length > 0)
    out.write(`${changeReport(breaks)}${countedChanges(breaks)}, taken because of the new major number\n`);
  return true;
}

/** What is there stays as it is: it is an event of yesterday. */
async function keepSamples(
  { out, err }: CommandContext,
  found: readonly FoundDefinition[],
  contracts: string,
): Promise<void> {
  for (const { definition } of found) {
    if (definition.kind === 'gateway') continue;
    for (const { name, sample, refusal } of eventSamples(definition, systemClock)) {
      const file = join(contracts, samplePath(definition.name, name));
      if (refusal) {
        if (await isThere(file)) continue;
        err.write(`no sample of ${name}: ${refusal.message}; put a real record into ${file} by hand\n`);
        continue;
      }
      if (await writtenAnew(file, `${JSON.stringify(sample, undefined, 2)}\n`)) out.write(`wrote ${file}\n`);
    }
  }
}

async function writtenAnew(file: string, text: string): Promise<boolean> {
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
