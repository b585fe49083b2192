import { type ParseArgsConfig, parseArgs } from 'node:util';
import { type Command, type CommandContext, USAGE_ERROR } from './command.js';
import { schemaPrint } from './schema-print.js';
import { viewsDropOld, viewsList, viewsRebuild } from './views.js';

const COMMANDS: readonly Command[] = [schemaPrint, viewsList, viewsRebuild, viewsDropOld];

/** Runs one command of `skanu`. @returns the exit code: 2 for a call that nobody understands */
export async function runCli(words: readonly string[], context: CommandContext): Promise<number> {
  const command = COMMANDS.find(({ usage }) => nameOf(usage).every((word, place) => words[place] === word));
  if (!command)
    return misused(context, words.length > 0 ? `there is no command ${words.join(' ')}` : undefined);
  const options: NonNullable<ParseArgsConfig['options']> = Object.fromEntries(
    Object.keys(command.options).map((name) => [name, { type: 'string' as const }]),
  );
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    const args = words.slice(nameOf(command.usage).length);
    parsed = parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    return misused(context, (error as Error).message);
  }
  // all options are declared as strings
  const values = parsed.values as Readonly<Record<string, string | undefined>>;
  const code = await command.run(context, parsed.positionals, values);
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
  return usage.split(' ').slice(0, 2);
}
