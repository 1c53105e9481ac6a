/** The page of a sweep, made of its journal and the pictures of its best trial. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../../command.ts';
import { redrawPictures } from '../../session/index.ts';
import { pageImages } from '../../session/report-file.ts';
import { PICTURES_FOLDER } from '../../session/save-pictures.ts';
import { writeWhole } from '../../store/index.ts';
import { bestTrials } from '../../sweeps/index.ts';
import { type ReadSweep, readSweep } from './list.ts';

/** Pictures that the page shows, where a run has them. */
const SHOWN = ['reconstructions', 'denoised', 'losses'];

export interface StudyPageOptions {
  /** Whether the best trial's pictures are drawn where it has none. */
  draw?: boolean;
  /** The sweep, where it was read before. */
  sweep?: Pick<ReadSweep, 'plan' | 'study'>;
}

/** Writes `study.html` into the folder of a sweep and returns its path. */
export async function writeStudyPage(
  folder: string,
  { draw = false, sweep }: StudyPageOptions = {},
): Promise<string> {
  const { plan, study } = sweep ?? (await readSweep(folder));
  const [best] = bestTrials(plan, study);
  const run = best?.user.run === undefined ? null : join(folder, best.user.run as string);
  const { studyPage } = await import('../../views/index.ts');
  const commands = [
    command('sweep', '--resume', folder),
    ...(run === null ? [] : [command('evaluate', run)]),
  ];
  let pictures: Awaited<ReturnType<typeof pageImages>> = [];
  if (run !== null) {
    const place = join(run, PICTURES_FOLDER);
    // Trials are trained without pictures: they take longer than a short training.
    const data = { ...(plan.dataDir === null ? {} : { dataDir: plan.dataDir }), offline: plan.offline };
    if (draw && !existsSync(place)) await redrawPictures(run, data).catch(() => {});
    pictures = await pageImages(place, SHOWN).catch(() => []);
  }
  const page = join(folder, 'study.html');
  await writeWhole(page, studyPage({ plan, study, pictures, commands }));
  return page;
}
