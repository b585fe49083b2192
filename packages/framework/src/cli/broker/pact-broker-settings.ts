import { ConfigurationError } from '../../kernel/errors/start-errors.js';
import { shownUrl } from '../../kernel/shown.js';
import { type Environment, settingOf } from '../../service/settings.js';

const TIMEOUT_MS = 30_000;
const LONGEST_TIMEOUT_MS = 600_000;

/** What CI systems call the commit that they build: Jenkins, GitHub, GitLab. */
const COMMITS = ['GIT_COMMIT', 'GITHUB_SHA', 'CI_COMMIT_SHA'];

/** A Pact Broker, and what of ours it is told about. */
export interface PactBrokerSettings {
  /** Ends with a slash, so that paths can be resolved against it. */
  readonly url: URL;
  /** The `Authorization` header; undefined: the broker is open. */
  readonly authorization: string | undefined;
  /** What no message may show. */
  readonly secrets: readonly string[];
  readonly timeoutMs: number;
  /** The version of all services of the repository: its commit. */
  readonly version: string;
  readonly branch: string | undefined;
}

/**
 * Reads them from the environment; each may also be given as `{NAME}_FILE`.
 * @throws ConfigurationError when there is no broker, or a setting is missing or wrong; it shows no value of a secret
 */
export function pactBrokerSettingsOf(environment: Environment): PactBrokerSettings {
  const url = urlIn(environment);
  return {
    url,
    ...credentialsIn(environment),
    timeoutMs: timeoutIn(environment),
    version: versionIn(environment),
    branch: settingOf(environment, 'PACT_BRANCH'),
  };
}

function urlIn(environment: Environment): URL {
  const text = settingOf(environment, 'PACT_BROKER_BASE_URL');
  if (text === undefined)
    throw new ConfigurationError(
      'no Pact Broker is configured, so nothing was done',
      'Set PACT_BROKER_BASE_URL, or leave the command out: nothing needs a broker.',
    );
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol))
    throw new ConfigurationError(
      'PACT_BROKER_BASE_URL is no http or https URL',
      'Set it to something like https://pacts.example.org.',
    );
  // URLs are shown in messages and logs of proxies
  if (url.username !== '' || url.password !== '')
    throw new ConfigurationError(
      `PACT_BROKER_BASE_URL (${shownUrl(text)}) has credentials in it`,
      'Set PACT_BROKER_TOKEN, or PACT_BROKER_USERNAME and PACT_BROKER_PASSWORD, in place of them.',
    );
  return new URL(`${url.origin}${url.pathname.replace(/\/*$/, '/')}`);
}

function credentialsIn(environment: Environment): Pick<PactBrokerSettings, 'authorization' | 'secrets'> {
  const token = settingOf(environment, 'PACT_BROKER_TOKEN');
  const username = settingOf(environment, 'PACT_BROKER_USERNAME');
  const password = settingOf(environment, 'PACT_BROKER_PASSWORD');
  if (token !== undefined && (username !== undefined || password !== undefined))
    throw new ConfigurationError(
      'PACT_BROKER_TOKEN is set, and PACT_BROKER_USERNAME or PACT_BROKER_PASSWORD too',
      'Set the token only, or the user and the password only.',
    );
  if (token !== undefined) {
    // a header that cannot be sent would be shown, with all of it, in the message of fetch
    if (!/^[\x21-\x7e]+$/.test(token))
      throw new ConfigurationError(
        'PACT_BROKER_TOKEN has characters in it that no token has',
        'Look for blanks, line ends and quotes in it.',
      );
    return { authorization: `Bearer ${token}`, secrets: [token] };
  }
  if (username === undefined && password === undefined) return { authorization: undefined, secrets: [] };
  if (!username || !password || username.includes(':'))
    throw new ConfigurationError(
      'PACT_BROKER_USERNAME and PACT_BROKER_PASSWORD are not both set, or the user has a colon in it',
      'Set both, or none of them.',
    );
  const basic = Buffer.from(`${username}:${password}`, 'utf8').toString('base64');
  return { authorization: `Basic ${basic}`, secrets: [basic, password] };
}

function timeoutIn(environment: Environment): number {
  const text = settingOf(environment, 'PACT_BROKER_TIMEOUT_MS');
  if (text === undefined) return TIMEOUT_MS;
  const timeoutMs = Number(text);
  if (!Number.isInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > LONGEST_TIMEOUT_MS)
    throw new ConfigurationError(
      `PACT_BROKER_TIMEOUT_MS is no whole number from 1 to ${LONGEST_TIMEOUT_MS}`,
      'Correct it, or leave it out.',
    );
  return timeoutMs;
}

function versionIn(environment: Environment): string {
  for (const name of ['PACT_VERSION', ...COMMITS]) {
    const version = settingOf(environment, name)?.trim();
    if (version) return version;
  }
  throw new ConfigurationError(
    'PACT_VERSION is not set, so nothing was done',
    `Set it to the commit that was tested; ${COMMITS.join(', ')} are taken by themselves.`,
  );
}
