import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

const ELSEWHERE = ['node_modules', 'dist', 'coverage'];

/** All pages of the repository, as paths from its root. */
export function pages(folder = ''): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return ELSEWHERE.includes(entry.name) || entry.name.startsWith('.') ? [] : pages(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

export function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** A code block with what stands behind its fence: `ts`, or `ts fragment`. */
export interface CodeBlock {
  readonly info: string;
  readonly code: string;
  /** Counted from 1. */
  readonly line: number;
}

export function codeBlocks(text: string): CodeBlock[] {
  return [...text.matchAll(/^(`{3,})([^\n`]*)\n([\s\S]*?)^\1[ ]*$/gm)].map((match) => ({
    info: match[2]!.trim(),
    code: match[3]!,
    line: text.slice(0, match.index).split('\n').length,
  }));
}

/** A page without its code, line by line as it was. */
export function withoutCode(text: string): string {
  return text.replaceAll(/^(`{3,})[^\n`]*\n[\s\S]*?^\1[ ]*$/gm, (block) => block.replaceAll(/[^\n]/g, ''));
}

/** The body rows of all tables whose first column has that title; each row as its cells. */
export function tableRows(text: string, firstTitle: string): string[][] {
  const rows: string[][] = [];
  let inside = false;
  for (const line of withoutCode(text).split('\n')) {
    const cells = cellsOf(line);
    if (!cells) inside = false;
    else if (cells[0] === firstTitle) inside = true;
    else if (inside && !/^:?-+:?$/.test(cells[0]!)) rows.push(cells);
  }
  return rows;
}

function cellsOf(line: string): string[] | undefined {
  if (!line.startsWith('|')) return undefined;
  return line
    .slice(1, line.lastIndexOf('|'))
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
}

/** A cell that is one piece of code: its code. */
export function codeOf(cell: string): string {
  return /^`([^`]+)`$/.exec(cell)?.[1] ?? cell;
}

/** What the headings of a page are called in links, as GitHub makes it. */
export function anchors(text: string): Set<string> {
  const seen = new Map<string, number>();
  const titles = [...withoutCode(text).matchAll(/^#{1,6} +(.+?) *#*$/gm)].map(([, title]) => title!);
  return new Set(
    titles.map((title) => {
      const anchor = title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
        .replaceAll(' ', '-');
      const before = seen.get(anchor) ?? 0;
      seen.set(anchor, before + 1);
      return before === 0 ? anchor : `${anchor}-${before}`;
    }),
  );
}
