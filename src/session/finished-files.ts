/** The observers that make files of a finished run: its pictures, its summary, its report. */

import { openModel } from '../model/open.ts';
import { inScaledUnits } from '../model/scaled-units.ts';
import { shipRun } from '../model/ship.ts';
import { beginningOf } from '../runs/index.ts';
import { initialWeights } from '../training/index.ts';
import { summaryPage } from '../views/index.ts';
import type { Observer } from './observer.ts';
import { writeReport } from './report-file.ts';
import { savePictures } from './save-pictures.ts';
import type { Session } from './state.ts';

/** Draws the pictures, next to those of the untrained model, and writes the summary. */
export const drawer = (session: Session): Observer => ({
  async finish(model, { weights, keptEpoch, evaluation, onProgress, pictures }) {
    const { engine, files, recipe, dataset, splits, rows, manifest, definition, position, hold } = session;
    await hold.requireHeld();
    const beginning = await beginningOf(recipe, splits);
    const first = initialWeights(engine, definition, recipe, manifest.seed, beginning);
    const parts = shipRun(session, first, 0, engine.sha256);
    const untrained = inScaledUnits(await openModel(engine, { source: files.place, files: parts }, manifest));
    try {
      const drawn = await savePictures(files.place, {
        engine,
        recipe,
        dataset,
        model,
        untrained,
        weights,
        metrics: rows,
        losses: manifest.losses,
        keptEpoch,
        seed: manifest.seed,
        onProgress,
      });
      pictures.push(...drawn);
    } finally {
      await untrained.dispose();
    }
    onProgress('writing the report', 0);
    await hold.requireHeld();
    const trainingSeconds = position.seconds;
    const page = { manifest, recipe, metrics: rows, evaluation, keptEpoch, trainingSeconds };
    await files.write('summary.md', summaryPage(page));
  },
});

/** Writes the report: the last of all, as it is made of what the folder has. */
export const reporter = ({ files }: Session): Observer => ({
  async finish() {
    await writeReport(files.place);
  },
});
