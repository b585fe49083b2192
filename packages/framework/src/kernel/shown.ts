import { SECRET_WORDS, isSecretField } from './secret-field.js';

const MAX_CHARS = 200;

/**
 * Values of secrets in a text: `token=…`, `"password": "…"`, the same in JSON within JSON (`\"password\":\"…\"`). A value in quotes goes up to the next quote of
 * its kind that no backslash escapes, or as far as the text does.
 */
const SECRET_IN_TEXT = new RegExp(
  String.raw`((?:${SECRET_WORDS}|cookie|authorization)\\*["']?\s*[:=]\s*)` +
    String.raw`(?:(?<quote>\\*["'])(?:(?!(?<!\\)\k<quote>)[^])*(?:\k<quote>)?|(?:(?:basic|bearer|digest) )?[^\s"'&,;}<]+)`,
  'gi',
);

/** A value of somebody else for a message: as JSON, without secrets, and not too much of it. It costs no more than what is shown of it. */
export function shownJson(value: unknown): string {
  // each value takes one at least: what is left out is beyond what is shown
  let room = MAX_CHARS + 1;
  const text = (whole: string) => {
    const shown = hidden(whole).slice(0, room);
    room -= shown.length;
    return shown;
  };
  const some = (one: unknown): unknown => {
    room--;
    if (typeof one === 'string') return text(one);
    if (typeof one === 'bigint') return String(one);
    if (typeof one !== 'object' || one === null) return one;
    if (Array.isArray(one)) return firstOf(one, some);
    return Object.fromEntries(
      firstOf(Object.keys(one), (name): [string, unknown] => [
        text(name),
        isSecretField(name) ? '***' : some((one as Readonly<Record<string, unknown>>)[name]),
      ]),
    );
  };
  const firstOf = <T, S>(all: readonly T[], show: (one: T) => S): S[] => {
    const shown: S[] = [];
    for (const one of all) {
      if (room <= 0) break;
      shown.push(show(one));
    }
    return shown;
  };
  return cut(JSON.stringify(some(value)) ?? 'nothing');
}

/** The same for a text. */
export function shownText(text: string): string {
  return text === '' ? 'nothing' : cut(hidden(text));
}

/** The same for a URL: without user, password and query. */
export function shownUrl(url: string): string {
  const parsed = URL.parse(url);
  return parsed ? `${parsed.origin}${parsed.pathname === '/' ? '' : parsed.pathname}` : '***';
}

/** Without secrets. Cut before it is searched, because it may be long, and so that more is left than is shown. */
function hidden(text: string): string {
  return text.slice(0, 2 * MAX_CHARS).replaceAll(SECRET_IN_TEXT, '$1***');
}

function cut(text: string): string {
  return text.length > MAX_CHARS ? `${text.slice(0, MAX_CHARS)}…` : text;
}
