/** The files of the studio's page: its own, and hourglass for pages in `engine/`. */
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HourglassError } from '../../errors.ts';
import { packageFile } from '../../installation.ts';
import { LARGEST_JSON_FILE, readFileIfThere, readTextIfThere } from '../../read-file.ts';
import { writeWhole } from '../../store/index.ts';
import { isMissing } from '../../system-errors.ts';

/** Lists the files of an exported site, so that a later export can replace it. */
const LIST = 'hourglass-studio.json';
/** Bytes: ONNX Runtime's module has 14 MB. */
const LARGEST_FILE = 64 * 2 ** 20;

/** The files of the page by their paths from its root, and where they are. Type declarations are left out. */
export async function siteFiles(): Promise<ReadonlyMap<string, string>> {
  const page = dirname(packageFile(new URL('../../../dist/studio-page/index.html', import.meta.url)));
  const engine = dirname(packageFile(new URL('../../../dist/browser/hourglass.js', import.meta.url)));
  const files = new Map<string, string>();
  for (const name of await readdir(page)) files.set(name, join(page, name));
  for (const name of await readdir(engine)) {
    if (!name.endsWith('.d.ts')) files.set(`engine/${name}`, join(engine, name));
  }
  return files;
}

/**
 * Writes the studio as a folder of static files, which any web server can serve.
 * @returns the number of files.
 * @throws HourglassError of kind `usage` if the folder has other files than those of an earlier export.
 */
export async function exportSite(folder: string): Promise<number> {
  const earlier = await earlierFiles(folder);
  const files = await siteFiles();
  // Read before anything is replaced.
  const contents: [string, Uint8Array][] = [];
  for (const [name, path] of files) contents.push([name, await contentOf(path)]);
  for (const [name, bytes] of contents) await writeWhole(join(folder, name), bytes);
  const all = [...new Set([...files.keys(), ...earlier])].sort();
  const list = { format: 'hourglass-studio', version: 1, files: all };
  await writeWhole(join(folder, LIST), `${JSON.stringify(list, null, 2)}\n`);
  return files.size + 1;
}

async function contentOf(path: string): Promise<Uint8Array> {
  const bytes = await readFileIfThere(path, { most: LARGEST_FILE, kind: 'environment' });
  if (bytes !== null) return bytes;
  throw new HourglassError('environment', {
    ...{ subject: path, rule: 'is missing, although it comes with hourglass' },
    hint: 'install hourglass again, or run npm run build in a clone',
  });
}

/** The files of an earlier export in this folder; none if it is empty or absent. Hidden files are the web host's. */
async function earlierFiles(folder: string): Promise<readonly string[]> {
  const there = (await namesIn(folder)).filter((name) => !name.startsWith('.'));
  const text = await readTextIfThere(join(folder, LIST), { most: LARGEST_JSON_FILE }).catch(() => null);
  const known = text === null ? [] : listed(text);
  const tops = new Set([LIST, ...known.map((name) => name.split('/')[0]!)]);
  const other = there.find((name) => !tops.has(name));
  if (other === undefined) return known;
  throw new HourglassError('usage', {
    subject: folder,
    rule: 'must be empty, absent, or an earlier export of the studio',
    got: `a folder with ${other}`,
    hint: 'name a new folder; it is created',
  });
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw new HourglassError(
      'usage',
      { subject: folder, rule: 'must be a folder', hint: 'name a new folder; it is created' },
      { cause: error },
    );
  }
}

function listed(text: string): readonly string[] {
  try {
    const { format, files } = JSON.parse(text) as { format?: unknown; files?: unknown };
    if (format !== 'hourglass-studio' || !Array.isArray(files)) return [];
    return files.filter((file): file is string => typeof file === 'string');
  } catch {
    return [];
  }
}
