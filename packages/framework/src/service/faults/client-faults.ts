import { type BootFault, ConfigurationError } from '../../kernel/errors/start-errors.js';
import { type FeignClientClass, feignClientNote, operationsOf } from '../../model/feign-client.js';
import { type Environment, settingOf, urlSettingOf } from '../settings.js';
import { withoutPassword } from '../secrets.js';

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
  const faults = urlFaults(`the client ${client.name}`, note.name, note.url, environment);
  if (operationsOf(new client()).size === 0) {
    faults.push({
      what: `${client.name} has no operations`,
      fix: "add one: readonly approve = post('/payments', { … })",
    });
  }
  return faults;
}

/** What is wrong with the URL of a service that somebody calls. */
export function urlFaults(
  who: string,
  service: string,
  fallback: string | undefined,
  environment: Environment,
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
  if (/^https?:\/\/[^/\s?#]+[^\s?#]*$/.test(url) && URL.canParse(url)) return [];
  return [
    {
      what: `${who} has the URL ${withoutPassword(url)} for ${service}`,
      fix: `set ${setting} to http://host:port`,
    },
  ];
}
