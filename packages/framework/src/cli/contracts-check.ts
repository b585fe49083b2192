import { contractChanges } from '../contracts/compatibility/contract-changes.js';
import { ConfigurationError } from '../kernel/errors/start-errors.js';
import { changeReport, countedChanges } from './change-report.js';
import { type Command, USAGE_ERROR } from './command.js';
import { lockFile, lockIn } from './contracts-lock-file.js';
import { contractsOf } from './contracts-of.js';
import { pactsIn } from './pacts-in.js';

/** Compares what services promise with what they promised when they were last released. */
export const contractsCheck: Command = {
  usage: 'contracts check MODULE... [--contracts DIR] [--json]',
  summary: 'finds changes that would break those who count on what was released',
  options: { contracts: 'where contracts.lock and the pacts are; default: contracts' },
  flags: { json: 'prints one JSON document' },
  async run({ out }, modules, { contracts = 'contracts' }, flags) {
    if (modules.length === 0) return USAGE_ERROR;
    const before = await lockIn(contracts);
    if (!before)
      throw new ConfigurationError(
        `there is no ${lockFile(contracts)} to compare with`,
        `Make it, and commit it: skanu contracts release ${modules.join(' ')}${contracts === 'contracts' ? '' : ` --contracts ${contracts}`}`,
      );
    const findings = contractChanges(before, await contractsOf(modules), await pactsIn(contracts));
    const breaks = findings.filter(({ severity }) => severity === 'break');
    if (flags.has('json'))
      out.write(
        `${JSON.stringify({ breaks: breaks.length, notes: findings.length - breaks.length, findings }, null, 2)}\n`,
      );
    else
      out.write(
        `${changeReport(findings)}compared with ${lockFile(contracts)}: ${countedChanges(findings)}\n`,
      );
    return breaks.length > 0 ? 1 : 0;
  },
};
