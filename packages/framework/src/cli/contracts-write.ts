import { documentsOf } from '../contracts/documents/documents-of.js';
import { ConfigurationError } from '../kernel/errors/start-errors.js';
import { type Command, type CommandContext, USAGE_ERROR } from './command.js';
import { contractsOf } from './contracts-of.js';
import { pactsIn } from './pacts-in.js';
import { type FileChange, changesNeeded, documentedServices, makeChanges } from './written-documents.js';

/** Writes down what services promise, for those who work with them and do not read their code. */
export const contractsWrite: Command = {
  usage: 'contracts write MODULE... [--contracts DIR] [--docs DIR] [--forget NAME,...] [--check]',
  summary:
    'writes the schemas, the OpenAPI and AsyncAPI documents and the context map of all services; name all modules',
  options: {
    contracts: 'where the documents for machines go; default: contracts',
    docs: 'where context-map.md and promises.md go; default: the folder of contracts',
    forget: 'services and gateways that are no more, with commas between them: their documents are removed',
  },
  flags: { check: 'writes nothing; ends with 1 when a file is not as it should be' },
  async run(context, modules, { contracts = 'contracts', docs = contracts, forget = '' }, flags) {
    if (modules.length === 0) return USAGE_ERROR;
    const folders = { contracts, docs };
    // all is known before the first file is touched
    const found = await contractsOf(modules);
    const named = found.map(({ service }) => service);
    const known = [...named, ...forgotten(forget, named)];
    const isUnknown = (service: string) => !known.includes(service);
    const before = await documentedServices(folders);
    const lost = before.onPages.filter(isUnknown);
    const all = documentsOf(found, await pactsIn(contracts));
    // pages that are of more services cannot be told from these
    const documents = lost.length > 0 ? all.filter(({ folder }) => folder !== 'docs') : all;
    const changes = await changesNeeded(documents, folders, known);
    const left = [...new Set([...lost, ...before.withDocuments.filter(isUnknown)])].toSorted();
    if (flags.has('check')) return checked(context, changes, left, lost.length > 0);
    if (lost.length > 0) return refused(context, left);
    await makeChanges(changes);
    reportUnnamed(context, left);
    for (const { file, text } of changes)
      context.out.write(`${text === undefined ? 'removed' : 'wrote'} ${file}\n`);
    const untouched = documents.length - changes.filter(({ text }) => text !== undefined).length;
    if (untouched > 0)
      context.out.write(`${filesAre(untouched)} as ${untouched === 1 ? 'it was' : 'they were'}\n`);
    return 0;
  },
};

/** @throws ConfigurationError when one of them is among the modules */
function forgotten(option: string, named: readonly string[]): string[] {
  const names = option.split(',').filter(Boolean);
  const [alive] = names.filter((name) => named.includes(name));
  if (alive === undefined) return names;
  throw new ConfigurationError(
    `${alive} cannot be forgotten: it is among the modules`,
    'Leave its module out, or do not forget it.',
  );
}

/** The map and the promises are of all services: made of some, they would say that the others are not there. */
function refused({ err }: CommandContext, unnamed: readonly string[]): number {
  err.write(
    `nothing is written: context-map.md and promises.md would lose ${unnamed.join(', ')}, which no module exports; name all modules, or, for what is no more, --forget ${unnamed.join(',')}\n`,
  );
  return 1;
}

function reportUnnamed({ err }: CommandContext, unnamed: readonly string[]): void {
  if (unnamed.length > 0)
    err.write(
      `the documents of ${unnamed.join(', ')} stay as they are: no module exports that; for what is no more: --forget ${unnamed.join(',')}\n`,
    );
}

const WHY: Readonly<Record<FileChange['kind'], string>> = {
  missing: 'is missing',
  differs: 'is not what the services say today',
  'left over': 'is left over from something that no service has any more',
};

function checked(
  { out, err }: CommandContext,
  changes: readonly FileChange[],
  unnamed: readonly string[],
  withoutPages: boolean,
): number {
  if (unnamed.length > 0)
    err.write(
      `not looked at, because no module exports ${unnamed.join(', ')}: the documents of that${withoutPages ? ', context-map.md and promises.md' : ''}\n`,
    );
  if (changes.length === 0) {
    out.write('the documents are what the services say\n');
    return 0;
  }
  for (const { file, kind } of changes) err.write(`${file} ${WHY[kind]}\n`);
  err.write(
    `${filesAre(changes.length)} not up to date: run skanu contracts write, look at the difference, and commit it\n`,
  );
  return 1;
}

function filesAre(count: number): string {
  return count === 1 ? '1 file is' : `${count} files are`;
}
