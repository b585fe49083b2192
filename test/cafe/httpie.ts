import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  // answers of all kinds: each test says what it expects of its own
  readonly body: any;
}

/** Whether the real HTTPie is there. Without it the same requests are sent by {@link asHttpie}. */
export const hasHttpie = isThere();

/**
 * Runs a command line of scenarios.md as it is written, but for the URL's host: `http post http://localhost:8088/orders qty=1`.
 * @param at what stands in for `http://localhost:PORT`
 */
export async function http(line: string, at: (port: number) => string): Promise<HttpAnswer> {
  const words = wordsOf(line).map((word) =>
    word.replace(/http:\/\/localhost:(\d+)/, (_, port: string) => at(Number(port))),
  );
  return hasHttpie ? byHttpie(words.slice(1)) : asHttpie(words.slice(1));
}

function isThere(): boolean {
  try {
    execFileSync('http', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    if (process.env['REQUIRE_HTTPIE'])
      throw new Error('HTTPie (the command http) is required here and was not found');
    return false;
  }
}

/** The words of a shell line with double quotes and a comment. */
function wordsOf(line: string): string[] {
  return [...line.replace(/\s+#.*$/, '').matchAll(/(?:[^\s"]|"[^"]*")+/g)].map(([word]) =>
    word.replaceAll('"', ''),
  );
}

async function byHttpie(args: readonly string[]): Promise<HttpAnswer> {
  const { stdout } = await promisify(execFile)('http', [
    '--ignore-stdin',
    '--print=hb',
    '--pretty=none',
    ...args,
  ]);
  const [head, ...rest] = stdout.split(/\r?\n\r?\n/);
  const [first, ...lines] = head!.split(/\r?\n/);
  const headers = new Headers(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return { status: Number(first!.split(' ')[1]), headers, body: parsed(rest.join('\n\n')) };
}

/** What HTTPie sends: JSON with texts for values, and its Accept header. */
async function asHttpie(args: readonly string[]): Promise<HttpAnswer> {
  const [first, ...others] = args;
  const [method, url, ...items] = first!.startsWith('http')
    ? [undefined, first!, ...others]
    : [first!, ...others];
  const body = Object.fromEntries(
    items.map((item) => [item.slice(0, item.indexOf('=')), item.slice(item.indexOf('=') + 1)]),
  );
  const hasBody = items.length > 0;
  const answer = await fetch(url, {
    method: (method ?? (hasBody ? 'POST' : 'GET')).toUpperCase(),
    headers: {
      accept: 'application/json, */*;q=0.5',
      ...(hasBody && { 'content-type': 'application/json' }),
    },
    ...(hasBody && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, headers: answer.headers, body: parsed(await answer.text()) };
}

function parsed(text: string): unknown {
  return text.trim() === '' ? undefined : JSON.parse(text);
}
