/**
 * Every command in README and docs is run as a reader runs it, and prints what the document quotes. HOURGLASS_DOCS=full
 * runs all trainings at full length, which takes an hour; see plan.ts for what is made short otherwise.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blocksOf, type Command, commandsIn, DOCUMENTS } from './documents.ts';
import { missingLines } from './figures.ts';
import { smallDigits } from './material.ts';
import { type DocumentPlan, PLANS, shortened } from './plan.ts';
import { CommandFailed, openShell } from './shell.ts';

const FULL = process.env.HOURGLASS_DOCS === 'full';
const hasTools =
  process.platform !== 'win32' &&
  ['bash', 'curl'].every((tool) => spawnSync(tool, ['--version']).status === 0);
const WITH_COMMANDS = DOCUMENTS.filter((document) => commandsIn(document).length > 0);

let digits: string;
beforeAll(async () => {
  digits = await mkdtemp(join(tmpdir(), 'hourglass-digits-'));
  await smallDigits(digits);
});
afterAll(() => rm(digits, { recursive: true, force: true }));

test.each(WITH_COMMANDS)('every entry of the plan for %s has its command in the document', (document) => {
  const { full = [], instead = {}, notRun = {}, prints = {}, quotes = {} } = PLANS[document] ?? {};
  const known = new Set(commandsIn(document).map(({ text }) => text));
  const named = [...full, ...[instead, notRun, prints].flatMap(Object.keys), ...Object.values(quotes)];
  expect(named.filter((text) => !known.has(text))).toEqual([]);
  const firstLines = new Set(blocksOf(document).map(({ code }) => code.split('\n')[0]));
  expect(Object.keys(quotes).filter((line) => !firstLines.has(line))).toEqual([]);
});

describe.concurrent('the commands of', () => {
  test.skipIf(!hasTools).each(WITH_COMMANDS)('%s (needs bash and curl)', async (document) => {
    const folder = await mkdtemp(join(tmpdir(), 'hourglass-docs-'));
    try {
      expect(await complaints(document, folder, PLANS[document] ?? {})).toEqual([]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

/** Runs all commands of a document and gives what is wrong: commands that fail, and lines they do not print. */
async function complaints(document: string, folder: string, plan: DocumentPlan): Promise<string[]> {
  const wrong: string[] = [];
  await plan.files?.(folder);
  const shell = await openShell(folder, (FULL && process.env.HOURGLASS_DATA) || digits);
  try {
    for (const command of plan.before ?? []) await shell.run(command);
    for (const command of commandsIn(document)) {
      const { text, line } = command;
      if (plan.notRun?.[text] !== undefined) continue;
      const refused = blocksOf(document).some(({ code }) => code.startsWith(`$ ${text}\nhourglass: `));
      const asRun =
        plan.instead?.[text] ?? (FULL || refused || plan.full?.includes(text) ? text : shortened(text));
      try {
        const printed = await shell.run(asRun).catch((error: unknown) => {
          if (refused && error instanceof CommandFailed) return error.output;
          throw error;
        });
        wrong.push(
          ...unprinted(command, printed, plan).map((missing) => `${document}:${line} prints no: ${missing}`),
        );
      } catch (error) {
        wrong.push(`${document}:${line} ${asRun}\n${(error as Error).message}`);
      }
    }
  } finally {
    await shell.close();
  }
  return wrong;
}

/** What a command should have printed, by the plan and by the document's quotations. */
function unprinted(
  { document, text }: Command,
  printed: string,
  { prints, quotes = {} }: DocumentPlan,
): string[] {
  const pattern = prints?.[text];
  const wanted = pattern !== undefined && !pattern.test(printed) ? [String(pattern)] : [];
  const quoted = blocksOf(document).filter(({ code }) => quotes[code.split('\n')[0]!] === text);
  return [...wanted, ...quoted.flatMap(({ code }) => missingLines(code, printed))];
}
