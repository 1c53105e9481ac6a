/**
 * A run's tags, `tags.json`: words that people give it. They are not in `run.json`, because a training rewrites that after each
 * epoch, from memory, and a tag given meanwhile would be lost.
 */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { HourglassError } from '../errors.ts';
import { LARGEST_JSON_FILE, readTextIfThere } from '../read-file.ts';
import { acquire, type Lock } from './lock.ts';
import { writeWhole } from './part-file.ts';

const FILE = 'tags.json';
const LOCK = 'tags.lock';
const TAG = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._:=+-]{0,63}$/u;
const schema = z.array(z.string().regex(TAG));
/** Changing tags takes milliseconds. Another process that does so is waited for, this long in milliseconds. */
const PATIENCE = 5000;

/** @throws HourglassError (usage) for an invalid tag. */
export function checkTag(tag: string): string {
  if (TAG.test(tag)) return tag;
  throw new HourglassError('usage', {
    subject: 'tag',
    rule: 'must begin with a letter or digit and have at most 64 letters, digits and . _ : = + -',
    got: tag,
  });
}

/** @throws HourglassError (run) if the file is damaged. */
export async function readTags(run: string): Promise<string[]> {
  const file = join(run, FILE);
  const text = await readTextIfThere(file, { most: LARGEST_JSON_FILE });
  if (text === null) return [];
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw damaged(file, cause);
  }
}

const damaged = (file: string, cause: unknown) =>
  new HourglassError(
    'run',
    { subject: file, rule: 'is damaged', hint: 'delete the file, then tag again' },
    { cause },
  );

/** Adds and removes tags; none is lost to another process that does so at the same time. */
export async function changeTags(
  run: string,
  { add = [], remove = [] }: { add?: readonly string[]; remove?: readonly string[] },
): Promise<string[]> {
  add.forEach(checkTag);
  const lock = await patiently(() => acquire(join(run, LOCK), run));
  try {
    const tags = [...new Set([...(await readTags(run)), ...add])].filter((tag) => !remove.includes(tag));
    await writeWhole(join(run, FILE), `${JSON.stringify(tags)}\n`);
    return tags;
  } finally {
    await lock.release();
  }
}

async function patiently(take: () => Promise<Lock>): Promise<Lock> {
  const end = performance.now() + PATIENCE;
  for (;;) {
    try {
      return await take();
    } catch (error) {
      if (performance.now() > end) throw error;
      await wait(10 + 40 * Math.random());
    }
  }
}
