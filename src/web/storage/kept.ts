/** The trainings that the browser keeps: listed, read, deleted. */
import { HourglassError } from '../../errors.ts';
import { isHeld, whileHeld } from './hold.ts';
import { folderNameOf, folderOf, nameOf, trainingNameOf, trainingsFolder } from './place.ts';

/** A training that the browser keeps. */
export interface KeptTraining {
  /** The name that it was kept under. */
  name: string;
  /**
   * `running`: in this page or another one; `stopped`: on request, or because its page was closed or its worker ended;
   * `damaged`: its `run.json` is missing or cannot be read.
   */
  status: 'running' | 'stopped' | 'finished' | 'failed' | 'damaged';
  /** The recipe's name; null if it is damaged. */
  recipe: string | null;
  /** Epochs completed. */
  epoch: number;
  /** The most epochs that it will have. */
  epochs: number;
  /** When it began, in ISO 8601; null if it is damaged. */
  startedAt: string | null;
  /** All its files together. */
  bytes: number;
}

/** The files of a kept training. */
export interface KeptFiles {
  /** All files of the run, by their names. */
  files: ReadonlyMap<string, Uint8Array>;
  /** The model's files, as `loadModel` takes them; none unless it is finished. */
  model: ReadonlyMap<string, Uint8Array>;
}

/**
 * The trainings that the browser keeps for this site, by name.
 * @throws HourglassError of kind `environment` if the browser gives the page no storage.
 *
 * @example
 * ```ts
 * import { listTrainings, resumeTraining } from 'hourglass/web';
 *
 * for (const { name, status } of await listTrainings()) {
 *   if (status === 'stopped') await resumeTraining(name, { data: 'mnist-10k' });
 * }
 * ```
 */
export async function listTrainings(): Promise<KeptTraining[]> {
  const trainings: KeptTraining[] = [];
  for await (const folder of (await trainingsFolder()).values()) {
    const name = folder.kind === 'directory' ? trainingNameOf(folder.name) : null;
    if (folder.kind === 'directory' && name !== null) trainings.push(await described(name, folder));
  }
  return trainings.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * The files of a training that the browser keeps.
 * @throws HourglassError of kind `run` if there is none of this name.
 *
 * @example
 * ```ts
 * import { loadModel, readTraining } from 'hourglass/web';
 *
 * const { model } = await readTraining('digits');
 * const digits = await loadModel(model);
 * ```
 */
export async function readTraining(name: string): Promise<KeptFiles> {
  const files = new Map<string, Uint8Array>();
  for await (const [path, file] of filesIn(await requireKept(name))) {
    files.set(path, new Uint8Array(await file.arrayBuffer()));
  }
  const prefix = 'model/';
  const model = [...files].filter(([path]) => path.startsWith(prefix));
  return { files, model: new Map(model.map(([path, bytes]) => [path.slice(prefix.length), bytes])) };
}

/**
 * Deletes a training that the browser keeps.
 * @throws HourglassError of kind `run` if there is none of this name, or it is under way.
 *
 * @example
 * ```ts
 * import { deleteTraining } from 'hourglass/web';
 *
 * await deleteTraining('digits');
 * ```
 */
export async function deleteTraining(name: string): Promise<void> {
  await whileHeld(name, async () => {
    await requireKept(name);
    await clearTraining(name);
  });
}

/** Removes all its files; its lock is the caller's. */
export async function clearTraining(name: string): Promise<void> {
  if ((await folderOf(name)) === null) return;
  await (await trainingsFolder()).removeEntry(folderNameOf(name), { recursive: true });
}

/** @throws HourglassError of kind 'run' if there is none of this name. */
export async function requireKept(name: string): Promise<FileSystemDirectoryHandle> {
  const folder = await folderOf(name);
  if (folder !== null) return folder;
  throw new HourglassError('run', {
    subject: `training '${name}'`,
    rule: 'is not kept by this browser',
    hint: 'listTrainings() gives those that are',
  });
}

async function* filesIn(folder: FileSystemDirectoryHandle, above = ''): AsyncGenerator<[string, File]> {
  for await (const entry of folder.values()) {
    const path = `${above}${entry.name}`;
    if (entry.kind === 'directory') yield* filesIn(entry, `${path}/`);
    // A file can be replaced or removed meanwhile, where the training is under way.
    else if (!path.endsWith('.part')) {
      const file = await entry.getFile().catch((error) => {
        if (nameOf(error) !== 'NotFoundError') throw error;
        return null;
      });
      if (file !== null) yield [path, file];
    }
  }
}

async function described(name: string, folder: FileSystemDirectoryHandle): Promise<KeptTraining> {
  let bytes = 0;
  let manifest: File | undefined;
  for await (const [path, file] of filesIn(folder)) {
    bytes += file.size;
    if (path === 'run.json') manifest = file;
  }
  try {
    const { status, recipe, epoch, config, startedAt } = JSON.parse((await manifest?.text()) ?? '');
    const now = (await isHeld(name)) ? 'running' : status === 'running' ? 'stopped' : status;
    return { ...{ name, status: now, recipe, epoch, startedAt, bytes }, epochs: config.training.epochs };
  } catch {
    return { name, status: 'damaged', recipe: null, epoch: 0, epochs: 0, startedAt: null, bytes };
  }
}
