import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureLine } from '../../src/service/failure-line.js';
import { type StandIn, startStandIn } from '../../src/testing/stand-in-server.js';
import { type TemporaryFolder, temporaryFolder } from '../../src/testing/temporary-folder.js';
import { startRawServer } from '../fixtures/raw-server.js';
import { startPactBroker } from './pact-broker.js';
import { skanuWith } from './skanu.js';

let folder: TemporaryFolder;
let contracts: string;
beforeAll(() => {
  folder = temporaryFolder();
  contracts = join(folder.path, 'contracts');
  mkdirSync(join(contracts, 'pacts'), { recursive: true });
  // with what a parser would lose: spaces, line ends, an escape
  writePact('order', 'bakery', '  "interactions" : [ {"description": "Crème br\\u00fblée ☕"} ]\r\n\r\n');
  writePact('order', 'bank', '"interactions":[]');
  writePact('trace', 'bakery', '"interactions":[]');
});
afterAll(() => folder[Symbol.dispose]());

function writePact(consumer: string, provider: string, rest: string): void {
  const text = `{"consumer":{"name":"${consumer}"},"provider":{"name":"${provider}"},\n${rest}}\n`;
  writeFileSync(pactFile(`${consumer}-${provider}`), text);
}
const pactFile = (name: string) => join(contracts, 'pacts', `${name}.json`);

/** Runs a command against a broker, as of a commit. */
function asking({ url }: { readonly url: string }, settings: Record<string, string> = {}) {
  return (...words: string[]) =>
    skanuWith({ PACT_BROKER_BASE_URL: url, PACT_VERSION: 'abc123', ...settings }, ...words);
}
const publishing = (broker: { readonly url: string }, settings?: Record<string, string>) =>
  asking(broker, settings)('contracts', 'publish', '--contracts', contracts);
/** What a person at the terminal gets to read of a failure. */
const lineOf = (failing: Promise<unknown>) =>
  failing.then(
    () => 'no failure',
    (error: unknown) => failureLine('skanu', error),
  );
const asked = ({ requests }: StandIn) => requests.map(({ method, path }) => `${method} ${path}`);

describe('skanu contracts publish', () => {
  it('sends the pacts of each consumer in one request, byte by byte as they are committed', async () => {
    await using broker = await startPactBroker();
    const { code, out } = await publishing(broker, { PACT_BRANCH: 'main' });
    expect({ code, out }).toEqual({
      code: 0,
      out: 'published order abc123 on main: bakery, bank\npublished trace abc123 on main: bakery\n',
    });
    expect(asked(broker)).toEqual(['POST /contracts/publish', 'POST /contracts/publish']);
    expect(broker.requests[0]!.headers['content-type']).toBe('application/json');
    expect(broker.requests[0]!.body).toEqual({
      pacticipantName: 'order',
      pacticipantVersionNumber: 'abc123',
      branch: 'main',
      contracts: ['bakery', 'bank'].map((provider) => ({
        consumerName: 'order',
        providerName: provider,
        specification: 'pact',
        contentType: 'application/json',
        content: readFileSync(pactFile(`order-${provider}`)).toString('base64'),
        writeMode: 'overwrite',
      })),
    });
  });

  it('takes the commit of the CI system as the version, and names no branch that it does not know', async () => {
    await using broker = await startPactBroker();
    await publishing(broker, { PACT_VERSION: '', GITHUB_SHA: 'def456' });
    expect(broker.requests[0]!.body).toMatchObject({ pacticipantVersionNumber: 'def456' });
    expect(broker.requests[0]!.body).not.toHaveProperty('branch');
  });

  it('may be run again for a version, and says why other content is refused for it', async () => {
    await using broker = await startPactBroker();
    await publishing(broker);
    expect(await publishing(broker)).toMatchObject({ code: 0 });

    using other = temporaryFolder();
    mkdirSync(join(other.path, 'pacts'));
    const changed = readFileSync(pactFile('trace-bakery'), 'utf8').replace('[]', '[{}]');
    writeFileSync(join(other.path, 'pacts/trace-bakery.json'), changed);
    const refused = asking(broker)('contracts', 'publish', '--contracts', other.path);
    expect(await lineOf(refused)).toMatch(
      /^skanu: publish the pacts of trace: .* 409: contracts: Cannot change the content .*another PACT_VERSION\. \[PACT_BROKER_REFUSED\]$/,
    );
  });

  it('finds nothing to do an error: a wrong folder does not look like a success', async () => {
    await using broker = await startPactBroker();
    const lost = asking(broker)('contracts', 'publish', '--contracts', folder.path);
    await expect(lost).rejects.toMatchObject({ code: 'CONFIGURATION' });
    expect(broker.requests).toEqual([]);
  });
});

describe('skanu contracts verified', () => {
  it('says that a service keeps its pacts of this version, by the link that the broker gives', async () => {
    await using broker = await startPactBroker('/team/broker');
    const url = `${broker.url}/team/broker/`;
    await publishing({ url });
    const { code, out } = await asking({ url })('contracts', 'verified', 'bakery', '--contracts', contracts);
    expect({ code, out }).toEqual({
      code: 0,
      out: 'verified bakery abc123: keeps its pacts with order, trace\n',
    });
    const pact = (consumer: string) =>
      `/team/broker/pacts/provider/bakery/consumer/${consumer}/version/abc123`;
    expect(asked(broker).slice(2)).toEqual([
      `GET ${pact('order')}`,
      `POST ${pact('order')}/verification-results`,
      `GET ${pact('trace')}`,
      `POST ${pact('trace')}/verification-results`,
    ]);
    expect(broker.requests.at(-1)!.body).toEqual({ success: true, providerApplicationVersion: 'abc123' });
  });

  it('vouches for nobody who is not named, nor for one of whom nothing is asked', async () => {
    await using broker = await startPactBroker();
    const verified = (...services: string[]) =>
      asking(broker)('contracts', 'verified', ...services, '--contracts', contracts);
    expect(await verified()).toMatchObject({ code: 2 });
    await expect(verified('bakery', 'trace')).rejects.toMatchObject({
      message: expect.stringContaining('asks anything of trace'),
      help: 'Name some of bakery, bank.',
    });
    expect(broker.requests).toEqual([]);
  });

  it('sends one who has not published before to do so', async () => {
    await using broker = await startPactBroker();
    const early = asking(broker)('contracts', 'verified', 'bank', '--contracts', contracts);
    expect(await lineOf(early)).toMatch(/404: No pact found. Publish the pacts of this version first/);
  });

  it('takes no credentials to another address than that of the broker', async () => {
    await using other = await startStandIn();
    await using broker = await startStandIn();
    const href = `${other.url}/results`;
    broker.answers({ status: 200, body: { _links: { 'pb:publish-verification-results': { href } } } });
    const led = asking(broker, { PACT_BROKER_TOKEN: 't0ken' })(
      'contracts',
      'verified',
      'bank',
      '--contracts',
      contracts,
    );
    await expect(led).rejects.toMatchObject({ code: 'PACT_BROKER_BAD_ANSWER' });
    broker.answers({ status: 307, headers: { location: href } });
    const line = await lineOf(publishing(broker, { PACT_BROKER_TOKEN: 't0ken' }));
    expect(line).toMatch(/answered 307\. Set PACT_BROKER_BASE_URL to where the broker really is/);
    expect(other.requests).toEqual([]);
  });
});

describe('skanu contracts can-i-deploy', () => {
  const question = ['contracts', 'can-i-deploy', 'bakery', '--to', 'production'];

  it('ends with 1 as long as something is not known, and with 0 when all of it was verified', async () => {
    await using broker = await startPactBroker();
    await publishing(broker);
    expect(await asking(broker)(...question)).toMatchObject({
      code: 1,
      out: 'bakery abc123 cannot go to production: There is no verified pact\n',
    });
    expect(asked(broker).at(-1)).toBe(
      'GET /can-i-deploy?pacticipant=bakery&version=abc123&environment=production',
    );
    await asking(broker)('contracts', 'verified', 'bakery', '--contracts', contracts);
    expect(await asking(broker)(...question)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^bakery abc123 can go to production: All required/) as string,
    });
  });

  it('ends with 1 when the broker says no, and gives its reason', async () => {
    await using broker = await startStandIn();
    const reason = 'The verification for the pact between order and bakery failed\nand more';
    broker.answers({ status: 200, body: { summary: { deployable: false, reason } } });
    expect(await asking(broker)(...question)).toMatchObject({
      code: 1,
      out: expect.stringContaining(reason) as string,
    });
  });

  it('takes nothing for a yes that says nothing', async () => {
    await using broker = await startStandIn();
    for (const body of [
      '<html>Welcome</html>',
      {},
      { summary: {} },
      { summary: { deployable: 'yes' } },
      null,
    ]) {
      broker.answers({ status: 200, body });
      await expect(asking(broker)(...question)).rejects.toMatchObject({ code: 'PACT_BROKER_BAD_ANSWER' });
    }
    expect(await asking(broker)('contracts', 'can-i-deploy', 'bakery')).toMatchObject({ code: 2 });
  });
});

describe('without a broker', () => {
  it.each([
    ['publish', []],
    ['verified', ['bakery']],
    ['can-i-deploy', ['bakery', '--to', 'production']],
  ])('skanu contracts %s says so in one line', async (command, words) => {
    const line = await lineOf(skanuWith({}, 'contracts', command, ...words));
    expect(line).toBe(
      'skanu: no Pact Broker is configured, so nothing was done. Set PACT_BROKER_BASE_URL, or leave the command out: nothing needs a broker. [CONFIGURATION]',
    );
  });

  it('the process ends with 2', { timeout: 30_000 }, async () => {
    const main = resolve(import.meta.dirname, '../../src/cli/main.ts');
    const words = [
      '--conditions=@skanu/source',
      '--import',
      '@oxc-node/core/register',
      main,
      'contracts',
      'publish',
    ];
    const env = { PATH: process.env['PATH'] };
    const ran = promisify(execFile)(process.execPath, words, { env, timeout: 25_000 });
    await expect(ran).rejects.toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^skanu: no Pact Broker is configured.*\n$/) as string,
    });
  });
});

describe('credentials', () => {
  const TOKEN = 't0ken/of+ours==';
  const PASSWORD = 'pass"word';

  it('go into the header, from the environment or from a file', async () => {
    await using broker = await startPactBroker();
    await publishing(broker, { PACT_BROKER_TOKEN: TOKEN });
    const file = join(folder.path, 'password');
    writeFileSync(file, `${PASSWORD}\n`);
    await publishing(broker, { PACT_BROKER_USERNAME: 'zoë', PACT_BROKER_PASSWORD_FILE: file });
    await publishing(broker);
    const sent = broker.requests.map(({ headers }) => headers['authorization']);
    expect(sent.filter((_, place) => place % 2 === 0)).toEqual([
      `Bearer ${TOKEN}`,
      `Basic ${Buffer.from(`zoë:${PASSWORD}`).toString('base64')}`,
      undefined,
    ]);
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['Bearer', { PACT_BROKER_TOKEN: TOKEN }, [TOKEN]],
    [
      'Basic',
      { PACT_BROKER_USERNAME: 'zoe', PACT_BROKER_PASSWORD: PASSWORD },
      [PASSWORD, Buffer.from(`zoe:${PASSWORD}`).toString('base64')],
    ],
  ])('are in no message, even if the broker says them: %s', async (scheme, settings, secrets) => {
    await using broker = await startStandIn();
    const message = `No access with ${scheme} ${secrets.join(' nor ')}`;
    broker.answers({ status: 401, body: { error: { message } } });
    const line = await lineOf(publishing(broker, settings));
    expect(line).toContain(
      `answered 401: No access with ${scheme} ${secrets.map(() => '***').join(' nor ')}. Check`,
    );

    broker.answers({ status: 200, body: { summary: { deployable: true, reason: message } } });
    const { out } = await asking(broker, settings)(
      'contracts',
      'can-i-deploy',
      'bakery',
      '--to',
      'production',
    );
    expect(out).toContain(`No access with ${scheme} ***`);
    for (const secret of secrets) expect(line + out).not.toContain(secret);
  });

  it.each<[Record<string, string>, string]>([
    [{ PACT_BROKER_BASE_URL: 'https://zoe:s3cret@pacts.example.org' }, 'has credentials in it'],
    [{ PACT_BROKER_BASE_URL: 'ftp://s3cret.example.org' }, 'is no http or https URL'],
    [{ PACT_BROKER_TOKEN: 's3cret\nX: y' }, 'has characters in it'],
    [{ PACT_BROKER_TOKEN: 's3cret', PACT_BROKER_PASSWORD: 's3cret' }, 'is set, and'],
    [{ PACT_BROKER_USERNAME: 'zoe' }, 'are not both set'],
    [{ PACT_BROKER_PASSWORD: 's3cret' }, 'are not both set'],
    [{ PACT_BROKER_TIMEOUT_MS: 'soon' }, 'is no whole number'],
    [{ PACT_VERSION: '' }, 'PACT_VERSION is not set'],
  ])('and settings that are wrong are refused before anything is sent: %o', async (settings, why) => {
    await using broker = await startStandIn();
    const line = await lineOf(publishing(broker, settings));
    expect(line).toMatch(/\[CONFIGURATION\]$/);
    expect(line).toContain(why);
    expect(line).not.toContain('s3cret');
    expect(broker.requests).toEqual([]);
  });
});

describe('a broker that does not do its part', () => {
  it('has its own words in the message, 500 characters of them at the most and none of a page', async () => {
    await using broker = await startStandIn();
    const said = async (status: number, body: unknown) => {
      broker.answers({ status, body });
      return (await lineOf(publishing(broker))).replace(/^.* answered /, '');
    };
    expect(
      await said(400, { errors: { branch: ['is blank'], contracts: { '0': ['no \u001b[31mJSON'] } } }),
    ).toMatch(/^400: branch: is blank; 0: no {2}\[31mJSON\. Correct what the broker names/);
    expect(
      await said(400, { title: 'Invalid', errors: [{ title: 'Wrong', detail: 'no such thing' }] }),
    ).toMatch(/^400: no such thing\./);
    expect(await said(403, 'not for you')).toMatch(/^403: not for you\./);
    expect(await said(502, '<html>Bad gateway</html>')).toMatch(/^502\. Look at the log of the broker/);
    expect(await said(500, { error: { message: 'x'.repeat(5_000) } })).toMatch(/^500: x{500}…\. /);
  });

  it('is asked once more when the connection breaks, and not more often', async () => {
    let connections = 0;
    await using dead = await startRawServer((socket) => {
      connections++;
      socket.destroy();
    });
    const line = await lineOf(publishing(dead, { PACT_BROKER_TOKEN: 't0ken' }));
    expect(line).toMatch(
      /gave no answer: \w.* \(http:\/\/localhost:\d+\/contracts\/publish\)\. Check PACT_BROKER_BASE_URL/,
    );
    expect(connections).toBe(2);

    await using broker = await startStandIn();
    broker.answers(() => {
      if (broker.requests.length === 1) throw new Error('this breaks the connection');
      return { status: 200, body: {} };
    });
    expect(await publishing(broker)).toMatchObject({ code: 0 });
    expect(broker.requests[1]).toEqual(broker.requests[0]);
  });

  it('is named when nobody listens there', async () => {
    const gone = await startStandIn();
    await gone[Symbol.asyncDispose]();
    expect(await lineOf(publishing(gone))).toContain(
      `gave no answer: ECONNREFUSED (${gone.url}/contracts/publish)`,
    );
  });

  it.each([
    ['never answers', ''],
    ['never ends its answer', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"summary"'],
  ])('is left when it %s', async (_title, bytes) => {
    let connections = 0;
    await using hanging = await startRawServer((socket) => {
      connections++;
      socket.write(bytes);
    });
    const line = await lineOf(publishing(hanging, { PACT_BROKER_TIMEOUT_MS: '1000' }));
    expect(line).toMatch(/gave no answer: nothing within 1000 ms .*\[PACT_BROKER_SILENT\]$/);
    expect(connections).toBe(1);
  });

  it('is left when its answer has no end', async () => {
    let isClosed: Promise<unknown> | undefined;
    await using endless = await startRawServer((socket) => {
      isClosed = new Promise((closed) => socket.once('close', closed));
      socket.write('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n');
      const more = () => {
        while (!socket.destroyed && socket.write(Buffer.alloc(65_536, ' ')));
      };
      socket.on('drain', more);
      more();
    });
    expect(await lineOf(publishing(endless))).toMatch(
      /the answer is too large: it has more than 8388608 bytes/,
    );
    await isClosed;
  });
});
