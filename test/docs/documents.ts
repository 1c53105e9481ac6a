/** What is in fences in README and docs: blocks of code, and the commands in blocks of shell. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** All documents for users and contributors, as paths from the root. */
export const DOCUMENTS: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'ARCHITECTURE.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => `docs/${name}`),
];

/** The reference that `npm run docs` writes; its code is the examples in the doc comments. */
export const REFERENCE: readonly string[] = readdirSync(join(ROOT, 'docs', 'api'), { recursive: true })
  .map((path) => `docs/api/${String(path).replaceAll('\\', '/')}`)
  .filter((path) => path.endsWith('.md'))
  .sort();

export interface Block {
  document: string;
  /** As in ```sh; empty where there is none. */
  language: string;
  /** Of the first line of code, counted from 1. */
  line: number;
  code: string;
}

export interface Command {
  document: string;
  line: number;
  /** Without its comment, and on one line. */
  text: string;
}

const FENCE = /^```(\w*)\n(.*?)^```$/gms;

export function blocksOf(document: string): Block[] {
  const text = readFileSync(join(ROOT, document), 'utf8');
  return [...text.matchAll(FENCE)].map(({ 1: language, 2: code, index }) => ({
    document,
    language: language!,
    line: text.slice(0, index).split('\n').length + 1,
    code: code!,
  }));
}

/** The commands of a block of shell, a line each; a backslash at its end joins a line to the next. */
export function commandsOf({ document, line, code }: Block): Command[] {
  const commands: Command[] = [];
  const lines = code.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const first = i;
    let text = lines[i]!;
    while (text.endsWith('\\')) text = `${text.slice(0, -1).trimEnd()} ${lines[++i]!.trim()}`;
    text = text.replace(/(^|\s)#\s.*$/, '').trim();
    if (text !== '') commands.push({ document, line: line + first, text });
  }
  return commands;
}

/** All commands of a document in their order. A block that shows a command with its output (`$ …`) has one, too. */
export function commandsIn(document: string): Command[] {
  return blocksOf(document).flatMap((block) => {
    if (block.language === 'sh') return commandsOf(block);
    const [, text] = /^\$ (.*)\n/.exec(block.code) ?? [];
    return block.language === '' && text !== undefined ? [{ document, line: block.line, text }] : [];
  });
}
