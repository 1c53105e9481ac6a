/** The output of an anomaly search: a folder with the scores, their histogram and the worst images. */

import { encodePng } from '../codecs/png.ts';
import { type Fit, originalPicture, placedOnOriginal } from '../data/images/index.ts';
import {
  type FalseAlarms,
  isLargestOfMap,
  SCORE_KIND_DEFINITIONS,
  type ScoreKind,
} from '../metrics/index.ts';
import type { Anomalies } from '../model/apply/anomaly.ts';
import { type Model, scaled } from '../model/model.ts';
import { heldOutScores } from '../model/statistics.ts';
import { fontNotes, svgToPng } from '../raster/index.ts';
import { heatOverlay, imageRows, maskPixels } from '../render/index.ts';
import { type AnomalyTarget, abandonTarget, openAnomalyTarget } from './anomaly-target.ts';
import type { Destination } from './destination.ts';
import { fileName, type PartFolder } from './pictures.ts';
import { digits } from './rows.ts';
import { histogramOf } from './score-histogram.ts';
import { ScoreKeeper } from './score-keeper.ts';
import type { Saved, Written } from './sink.ts';
import type { Unfinished } from './unfinished.ts';

export interface AnomalySettings {
  score: ScoreKind;
  threshold: number;
  /** The quantile, if the threshold is one. */
  quantile: number | null;
  /** How often the threshold flags images like the held-out ones; null without statistics. */
  falseAlarms: FalseAlarms | null;
  /** The number of images with pictures: those with the highest scores. */
  worst: number;
  /** How much the heat of an overlay covers where it is strongest, 0 to 1. */
  opacity: number;
  /** What the images are, for the pictures. */
  subject: string;
  light: boolean;
  /** How images of other proportions were fitted to the model's. */
  fit: Fit;
}

/** The most images side by side in one picture. */
const SIDE_BY_SIDE = 20;

/** Some images, and what was found in them. */
export interface ScoredImages {
  names: readonly string[];
  classes: readonly (string | null)[];
  values: Uint8Array | Float32Array;
  found: Anomalies;
}

interface Worst {
  name: string;
  score: number;
  image: Float32Array;
  reconstruction: Float32Array;
  mask: Float32Array;
  /** The map of the score, [height, width]. */
  map: Float32Array;
}

export class AnomalyOutput {
  private readonly target: AnomalyTarget;
  private readonly model: Model;
  private readonly settings: AnomalySettings;
  private readonly kept: ScoreKeeper<Worst>;

  private constructor(
    target: AnomalyTarget,
    model: Model,
    settings: AnomalySettings,
    work: Unfinished | null,
  ) {
    this.target = target;
    this.model = model;
    this.settings = settings;
    this.kept = new ScoreKeeper(target.folder === null ? 0 : settings.worst, work?.saved);
  }

  static async open(
    destination: Destination,
    model: Model,
    settings: AnomalySettings,
    work: Unfinished | null = null,
  ): Promise<AnomalyOutput> {
    return new AnomalyOutput(await openAnomalyTarget(destination, work), model, settings, work);
  }

  async save(): Promise<Saved> {
    const rows = await this.target.rows.save();
    const { values, tensors } = this.kept.save();
    return { values: { ...rows.values, ...values }, tensors };
  }

  async write({ names, classes, values, found }: ScoredImages): Promise<void> {
    await this.target.rows.write(
      names.map((name, i) => ({
        name,
        class: classes[i] ?? null,
        score: digits(found.scores[i]!),
        flagged: found.flagged[i]!,
      })),
    );
    const size = found.masks.data.length / found.scores.length;
    const { height, width } = this.model.info.image;
    const plane = height * width;
    for (const [i, name] of names.entries()) {
      const own = <T extends Uint8Array | Float32Array>(all: T) => all.slice(i * size, (i + 1) * size) as T;
      this.kept.add(found.scores[i]!, found.flagged[i]!, () => ({
        name,
        score: found.scores[i]!,
        image: scaled(own(values)),
        reconstruction: own(found.reconstructions.data),
        mask: own(found.masks.data),
        map: found.maps!.data.slice(i * plane, (i + 1) * plane),
      }));
    }
  }

  async finish(): Promise<Written & { images: number; flagged: number }> {
    const { rows, folder, path } = this.target;
    const { count, flagged, words, worst } = this.kept;
    await rows.finish();
    if (folder !== null) {
      await folder.write('anomaly.json', `${JSON.stringify(this.record(), null, 2)}\n`);
      await this.drawPictures(folder);
      await folder.finish();
    }
    return {
      files: path === null ? [] : [path],
      what: words,
      notes: folder === null ? [] : await fontNotes(worst.slice(0, SIDE_BY_SIDE).map(({ name }) => name)),
      images: count,
      flagged,
    };
  }

  abandon(): Promise<void> {
    return abandonTarget(this.target);
  }

  /** The value of a map that gets the last colour: one for all pictures, so that they can be compared. */
  private get heatTo(): number {
    const { score, threshold } = this.settings;
    // Half of the scale has the full opacity: there a pixel alone flags its image.
    if (isLargestOfMap(score) && threshold > 0) return 2 * threshold;
    let most = 0;
    for (const { map } of this.kept.worst) for (const value of map) most = Math.max(most, value);
    return most || 1;
  }

  /** What the scores are and where the threshold comes from. */
  private record() {
    const { count, flagged } = this.kept;
    const { model, settings } = this;
    const { score, threshold, quantile } = settings;
    const held = quantile === null ? null : heldOutScores(model.statistics, score);
    return {
      recipe: model.info.recipe,
      dataset: model.info.dataset,
      score,
      definition: SCORE_KIND_DEFINITIONS[score],
      threshold,
      quantile,
      falseAlarms: settings.falseAlarms,
      heldOut: held && { split: held.split, images: held.images, note: held.note },
      overlays: { of: `the map of ${score}`, to: this.heatTo, opacity: settings.opacity },
      images: count,
      flagged,
    };
  }

  private async drawPictures(folder: PartFolder): Promise<void> {
    const { model, settings } = this;
    const { worst } = this.kept;
    const { channels, height, width } = model.info.image;
    const kind = { channels: channels as 1 | 3, height, width, light: settings.light };
    await folder.write('histogram.png', await svgToPng(this.histogram()));
    if (worst.length === 0) return;
    await folder.write('worst.png', await svgToPng(this.worstPicture(kind)));
    const { opacity } = settings;
    const to = this.heatTo;
    for (const [rank, { name, image, mask, map }] of worst.entries()) {
      const file = fileName(rank, name);
      const original = await originalPicture(name);
      const seen = { height, width, fit: settings.fit };
      const onOriginal = (one: Float32Array) =>
        original === null ? one : placedOnOriginal(one, seen, original);
      const under =
        original === null
          ? { ...kind, values: image }
          : {
              ...{ height: original.height, width: original.width, channels: 3, light: true },
              values: scaled(original.values),
            };
      const size = { width: under.width, height: under.height };
      const grey = maskPixels(onOriginal(meanOf(mask, channels)), size);
      const heat = heatOverlay(under.values, onOriginal(map), { ...under, to, opacity });
      await folder.write(`masks/${file}`, encodePng({ ...size, channels: 1, data: grey }, 4));
      await folder.write(`overlays/${file}`, encodePng({ ...size, channels: 3, data: heat }, 4));
    }
  }

  private worstPicture(kind: { channels: 1 | 3; height: number; width: number; light: boolean }): string {
    const { model, settings } = this;
    const shown = this.kept.worst.slice(0, SIDE_BY_SIDE);
    const size = kind.channels * kind.height * kind.width;
    const all = (of: (one: Worst) => Float32Array) => {
      const images = new Float32Array(shown.length * size);
      for (const [i, one] of shown.entries()) images.set(of(one), i * size);
      return images;
    };
    const images = all(({ image }) => image);
    const maps = all(({ map }) => inChannels(map, kind.channels));
    return imageRows({
      ...kind,
      title: `${model.info.recipe}: ${shown.length === 1 ? 'the most anomalous image' : `the ${shown.length} most anomalous images`}`,
      subtitle: `${settings.subject}; above each image its file, below it its score (${settings.score}), of ${this.kept.count.toLocaleString('en')} images`,
      rows: [
        { label: 'input', images },
        { label: 'reconstruction', images: all(({ reconstruction }) => reconstruction) },
        { label: `map of ${settings.score}`, images: maps, scale: 'heat', range: [0, this.heatTo] },
        {
          label: 'map over input',
          images,
          overlay: maps,
          range: [0, this.heatTo],
          opacity: settings.opacity,
        },
      ],
      columns: shown.map(({ name }) => endOf(name)),
      footers: shown.map(({ score }) => score.toFixed(4)),
    });
  }

  private histogram(): string {
    const { model, settings, kept } = this;
    const { recipe, dataset } = model.info;
    const { subject, score, threshold, quantile } = settings;
    const held = heldOutScores(model.statistics, score);
    const { scores, flagged } = kept;
    const sample = 'image';
    return histogramOf({
      recipe,
      dataset,
      subject,
      sample,
      score,
      threshold,
      quantile,
      held,
      scores,
      flagged,
    });
  }
}

/** A map as an image of so many channels. */
function inChannels(map: Float32Array, channels: number): Float32Array {
  const all = new Float32Array(channels * map.length);
  for (let c = 0; c < channels; c++) all.set(map, c * map.length);
  return all;
}

function meanOf(mask: Float32Array, channels: number): Float32Array {
  const plane = mask.length / channels;
  return Float32Array.from({ length: plane }, (_, i) => {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += mask[c * plane + i]!;
    return sum / channels;
  });
}

/** Characters of a name above a picture. */
const NAME_ROOM = 14;

/** A file's name without its folder; a long one begins with …, because names of a folder mostly differ at their end. */
function endOf(name: string): string {
  const characters = [...name.split(/[\\/]/).at(-1)!];
  return characters.length <= NAME_ROOM
    ? characters.join('')
    : `…${characters.slice(1 - NAME_ROOM).join('')}`;
}
