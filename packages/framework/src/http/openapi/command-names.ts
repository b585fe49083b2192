import type { CommandNote } from '../../model/command.js';
import type { DeclaredResource } from '../resource/resource.js';

/** What each collection can do beside its commands, as its operations are called: `create-order`. */
const VERBS = ['list', 'get', 'create', 'update', 'patch', 'delete', 'take-back'];

/** What a command is called as an operation: `cancel-order`. No other operation of its collection is called so. */
export function commandOperationId(resource: DeclaredResource, command: CommandNote): string {
  return `${nameOf(resource, command)}-${resource.rel}`;
}

/** What the body of a command is called among the schemas: `OrderInput.cancel`. */
export function commandInput(resource: DeclaredResource, command: CommandNote): string {
  return `${resource.itemName}Input.${nameOf(resource, command)}`;
}

/**
 * A command's path; with its method where something else is called like the path, and with a number where that is not enough. The same
 * whatever the order of the declarations is.
 */
function nameOf({ collection, finders }: DeclaredResource, command: CommandNote): string {
  const commands = collection.commands.toSorted((one, other) => (sortKey(one) < sortKey(other) ? -1 : 1));
  const taken = new Set([...VERBS, ...finders]);
  for (const one of commands) {
    const short = shortName(one);
    const isShared = commands.filter((other) => shortName(other) === short).length > 1;
    const name =
      isShared || taken.has(short) ? freeName(`${short}-${one.httpMethod.toLowerCase()}`, taken) : short;
    if (one === command) return name;
    taken.add(name);
  }
  // of a command of another collection nobody asks here
  return shortName(command);
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let count = 2; taken.has(free); count++) free = `${name}-${count}`;
  return free;
}

function shortName({ path }: CommandNote): string {
  return path.replaceAll(/\W+/g, '-');
}

function sortKey({ path, httpMethod }: CommandNote): string {
  return `${path} ${httpMethod}`;
}
