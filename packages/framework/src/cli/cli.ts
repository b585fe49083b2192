import { type ParseArgsConfig, parseArgs } from 'node:util';
import { contractsCanIDeploy } from './broker/contracts-can-i-deploy.js';
import { contractsPublish } from './broker/contracts-publish.js';
import { contractsVerified } from './broker/contracts-verified.js';
import { check } from './check.js';
import { type Command, type CommandContext, USAGE_ERROR } from './command.js';
import { contractsCheck } from './contracts-check.js';
import { contractsRelease } from './contracts-release.js';
import { contractsWrite } from './contracts-write.js';
import { schemaPrint } from './schema-print.js';
import { viewsDropOld, viewsList, viewsRebuild } from './views.js';

const COMMANDS: readonly Command[] = [
  schemaPrint,
  viewsList,
  viewsRebuild,
  viewsDropOld,
  check,
  contractsWrite,
  contractsCheck,
  contractsRelease,
  contractsPublish,
  contractsVerified,
  contractsCanIDeploy,
];

/** Runs one command of `skanu`. @returns the exit code: 2 for a call that nobody understands */
export async function runCli(words: readonly string[], context: CommandContext): Promise<number> {
  const command = COMMANDS.find(({ usage }) => nameOf(usage).every((word, place) => words[place] === word));
  if (!command)
    return misused(context, words.length > 0 ? `there is no command ${words.join(' ')}` : undefined);
  const flagNames = Object.keys(command.flags ?? {});
  const options: NonNullable<ParseArgsConfig['options']> = Object.fromEntries([
    ...Object.keys(command.options).map((name) => [name, { type: 'string' as const }] as const),
    ...flagNames.map((name) => [name, { type: 'boolean' as const }] as const),
  ]);
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    const args = words.slice(nameOf(command.usage).length);
    parsed = parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    return misused(context, (error as Error).message);
  }
  // all options are declared as strings
  const values = parsed.values as Readonly<Record<string, string | undefined>>;
  const flags = new Set(flagNames.filter((name) => parsed.values[name] === true));
  const code = await command.run(context, parsed.positionals, values, flags);
  return code === USAGE_ERROR ? misused(context, `usage: skanu ${command.usage}`) : code;
}

function misused({ err }: CommandContext, why: string | undefined): number {
  if (why !== undefined) err.write(`skanu: ${why}\n\n`);
  const width = Math.max(...COMMANDS.map(({ usage }) => usage.length));
  for (const { usage, summary } of COMMANDS) err.write(`  skanu ${usage.padEnd(width)}  ${summary}\n`);
  return USAGE_ERROR;
}

/** The words of a usage that name the command: `schema print`. */
function nameOf(usage: string): string[] {
  return usage.split(' ').filter((word) => /^[a-z]/.test(word));
}
