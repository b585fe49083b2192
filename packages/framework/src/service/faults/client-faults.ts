import { type BootFault, ConfigurationError } from '../../kernel/errors/start-errors.js';
import { type FeignClientClass, feignClientNote, operationsOf } from '../../model/feign-client.js';
import { type Environment, settingOf, urlSettingOf, urlsIn } from '../settings.js';
import type { OperationNote } from '../../model/http-operation.js';
import { withoutPassword } from '../secrets.js';
import { duplicates } from './duplicates.js';
import { operationFaults, protectionFaults } from './resilience-faults.js';
import { strictObjects } from './strict-objects.js';

/** They stand in a header of answers and in paths of the actuator. */
const NAME = /^[A-Za-z0-9._-]+$/;

/** What is wrong with one client. */
export function clientFaults(client: FeignClientClass, environment: Environment): BootFault[] {
  const note = feignClientNote.of(client);
  if (!note)
    return [
      {
        what: `${client.name} is listed in clients without @FeignClient({ name })`,
        fix: 'put @FeignClient({ name }) on the class',
      },
    ];
  const faults = urlFaults(`the client ${client.name}`, note.name, note.url, environment, urlsIn);
  const operations = operationsOf(new client());
  faults.push(...nameFaults(`the client ${client.name}`, note.name));
  faults.push(...protectionFaults(client.name, note));
  for (const [field, operation] of operations) {
    faults.push(...nameFaults(`an operation of ${client.name}`, field));
    faults.push(...operationFaults(`${client.name}.${field}`, operation));
    faults.push(...strictFaults(`${client.name}.${field}`, operation));
  }
  if (operations.size === 0) {
    faults.push({
      what: `${client.name} has no operations`,
      fix: "add one: readonly approve = post('/payments', { … })",
    });
  }
  return faults;
}

/** Whoever answers may add a field whenever it likes, and HAL puts its links beside them. */
function strictFaults(operation: string, { returns }: OperationNote): BootFault[] {
  const places = returns ? strictObjects(returns) : [];
  if (places.length === 0) return [];
  return [
    {
      what: `the answer of ${operation} is read by a schema that refuses fields that it does not name, in ${places.join(', ')}: an answer that has more, such as the _links of HAL, would be refused`,
      fix: 'use z.object in place of z.strictObject, which passes such fields over',
    },
  ];
}

function nameFaults(who: string, name: string): BootFault[] {
  if (NAME.test(name)) return [];
  const what = `${who} is called ${JSON.stringify(name)}, and names stand in headers`;
  return [{ what, fix: 'use letters of ASCII, digits, dots, underscores and hyphens' }];
}

/**
 * What is wrong with the URL of a service that somebody calls.
 * @param parts takes a setting apart that may hold several
 */
export function urlFaults(
  who: string,
  service: string,
  fallback: string | undefined,
  environment: Environment,
  parts: (setting: string) => readonly string[] = (setting) => [setting],
): BootFault[] {
  const setting = urlSettingOf(service);
  let url: string | undefined;
  try {
    url = settingOf(environment, setting) ?? fallback;
  } catch (error) {
    // one fault among others: they are told together
    if (error instanceof ConfigurationError) return [{ what: error.message, fix: error.help }];
    throw error;
  }
  if (url === undefined) return [{ what: `${who} has no URL for ${service}`, fix: `set ${setting}` }];
  return parts(url)
    .filter((one) => !(/^https?:\/\/[^/\s?#,]+[^\s?#,]*$/.test(one) && URL.canParse(one)))
    .map((one) => ({
      what: `${who} has the URL ${withoutPassword(one)} for ${service}`,
      fix: `set ${setting} to http://host:port`,
    }));
}

/** Operations of different clients that are called the same: they could not be told apart in metrics, drills and undos. */
export function operationNameFaults(clients: readonly FeignClientClass[]): BootFault[] {
  const operations = [...new Set(clients)].flatMap((client) => {
    const name = feignClientNote.of(client)?.name;
    if (name === undefined) return [];
    return [...operationsOf(new client()).keys()].map((field) => ({ name: `${name}.${field}`, client }));
  });
  return duplicates(
    operations,
    ({ name }) => name,
    ({ client }) => client.name,
    (name, owners) => ({
      what: `the operation ${name} is in ${owners}`,
      fix: 'declare it once, or call one of them something else',
    }),
  );
}
