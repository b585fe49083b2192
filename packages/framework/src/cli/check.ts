import { checkReport } from './check-report.js';
import { checkedServices } from './checked-services.js';
import { type Command, USAGE_ERROR } from './command.js';
import { foundDefinitionsOf } from './definitions.js';

/** Proves that services fit together, from their declarations alone: nothing is started, nothing is asked. */
export const check: Command = {
  usage: 'check MODULE... [--contracts DIR] [--json]',
  summary: 'proves that services fit together, and says what each handler can count on',
  options: {
    contracts: 'where documents of services are that no module is named of; default: contracts',
  },
  flags: { json: 'prints one JSON document' },
  async run({ out }, paths, { contracts = 'contracts' }, flags) {
    if (paths.length === 0) return USAGE_ERROR;
    const services = await checkedServices(await foundDefinitionsOf(paths), contracts);
    const count = (severity: string) =>
      services.flatMap(({ findings }) => findings).filter((one) => one.severity === severity).length;
    const sums = { faults: count('fault'), notes: count('note') };
    out.write(
      flags.has('json') ? `${JSON.stringify({ ...sums, services }, null, 2)}\n` : checkReport(services, sums),
    );
    return sums.faults > 0 ? 1 : 0;
  },
};
