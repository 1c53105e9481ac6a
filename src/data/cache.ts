/**
 * The cache: one folder for each downloaded set, with its four files unpacked (reading them takes a third of
 * the time) and a manifest with their source and their checksums. A set appears completely, by a rename, or not at
 * all.
 */
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { HourglassError } from '../errors.ts';
import { LARGEST_JSON_FILE, readTextIfThere } from '../read-file.ts';
import type { DataOptions, FileRole } from './dataset.ts';

const MANIFEST = 'manifest.json';
const ABANDONED_MS = 24 * 60 * 60 * 1000;

export interface CachedFile {
  url: string;
  bytes: number;
  /** For the unpacked file. */
  sha256: string;
  crc32: number;
  /** Whether a sum known beforehand confirmed the download. */
  verified: boolean;
}

export type Manifest = Partial<Record<FileRole, CachedFile>>;

/** HOURGLASS_CACHE, or `hourglass` in the platform's folder for caches. */
export function cacheFolder(options: DataOptions = {}): string {
  const env = options.env ?? process.env;
  const given = options.cacheDir || env.HOURGLASS_CACHE;
  if (given) return given;
  const home = env.HOME || homedir();
  if (process.platform === 'win32')
    return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'hourglass', 'cache');
  if (process.platform === 'darwin') return join(home, 'Library', 'Caches', 'hourglass');
  // The XDG specification has relative paths ignored.
  const xdg = env.XDG_CACHE_HOME;
  return join(xdg && isAbsolute(xdg) ? xdg : join(home, '.cache'), 'hourglass');
}

/** Whether downloads are switched off, by `offline` or HOURGLASS_OFFLINE. */
export const isOffline = ({ offline = false, env = process.env }: DataOptions): boolean =>
  offline || !['', '0', 'false'].includes(env.HOURGLASS_OFFLINE ?? '');

/** The manifest of a cached set; null if there is none or it is damaged (files put there by hand have none). */
export async function readManifest(folder: string): Promise<Manifest | null> {
  try {
    const value: unknown = JSON.parse(
      (await readTextIfThere(join(folder, MANIFEST), { most: LARGEST_JSON_FILE })) ?? '',
    );
    const isManifest = isObject(value) && Object.values(value).every(isObject);
    return isManifest ? (value as Manifest) : null;
  } catch {
    return null;
  }
}

/**
 * Makes a folder next to the final one, lets `fill` write into it, and then moves it into place. If anything goes
 * wrong, nothing half-written stays.
 * @throws HourglassError (data) when the cache cannot be written, or what `fill` throws.
 */
export async function placeWhole(
  cache: string,
  name: string,
  fill: (folder: string) => Promise<object>,
): Promise<string> {
  const final = join(cache, name);
  let staging: string | undefined;
  try {
    await mkdir(cache, { recursive: true });
    await removeAbandoned(cache, name);
    staging = await mkdtemp(join(cache, `.${name}-`));
    const manifest = await fill(staging);
    await writeFile(join(staging, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
    await putInPlace(staging, final);
    return final;
  } catch (cause) {
    if (cause instanceof HourglassError) throw cause;
    const hint = 'set HOURGLASS_CACHE to a folder that can be written';
    const got = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message;
    throw new HourglassError(
      'data',
      { subject: cache, rule: 'must be a folder that data can be stored in', got, hint },
      { cause },
    );
  } finally {
    if (staging) await rm(staging, { recursive: true, force: true });
  }
}

/** Renames the folder, or, if an older or damaged one exists, replaces each of its files. */
async function putInPlace(staging: string, final: string): Promise<void> {
  try {
    await rename(staging, final);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'EPERM') throw error;
    for (const file of await readdir(staging)) await rename(join(staging, file), join(final, file));
  }
}

/** Removes what a process that was killed left behind a day ago or more. */
async function removeAbandoned(cache: string, name: string): Promise<void> {
  for (const entry of await readdir(cache)) {
    if (!entry.startsWith(`.${name}-`)) continue;
    const path = join(cache, entry);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > ABANDONED_MS) await rm(path, { recursive: true, force: true });
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
