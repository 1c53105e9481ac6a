/** The images that `neighbours` searches: loaded and encoded once, when the model is. */

import {
  type CodeMetric,
  knownClasses,
  type Model,
  neighbours,
  ownImages,
  scaled,
  type Told,
} from '../../api.ts';
import { openImages } from '../../data/images/index.ts';
import { HourglassError } from '../../errors.ts';

/** References that are kept by default, for encoding them is most of what a start takes; and the values of their images. */
const MOST = 1000;
const MOST_VALUES = 2 ** 26;

export interface ReferenceStart {
  /** Folders, files or data sets; null for the test split of the run's own data. */
  inputs: readonly string[] | null;
  /** The folder of the run's own data, if it was moved; null for the recorded one. */
  dataDir: string | null;
  /** How many are kept; null for {@link MOST} of them, or fewer large ones. */
  most: number | null;
}

/** What is known of them outside their thread. */
export interface ReferenceFacts {
  count: number;
  /** A description of them. Named inputs are not repeated here: they may be paths. */
  source: string;
}

export interface FoundNeighbours {
  /** [queries][k]. */
  places: number[][];
  distances: number[][];
  classes: (string | null)[][];
  /** The neighbours themselves, [queries, k, channels, height, width] in [0, 1]. */
  pixels: Float32Array<ArrayBuffer>;
  references: number;
  source: string;
}

type FloatArray = Awaited<ReturnType<Model['encode']>>;

/**
 * The classes of references, which a conditional model is told. Null if there are some that it does not know.
 * @throws HourglassError instead, for references that somebody named.
 */
function toldOf({ info }: Model, classes: readonly (string | null)[], areNamed: boolean): Told | null {
  if (info.condition === null) return {};
  const known = knownClasses(info);
  const strange = classes.findIndex((name) => name === null || !known.includes(name));
  if (strange < 0) return { classes: classes as readonly string[] };
  if (!areNamed) return null;
  throw new HourglassError('usage', {
    subject: `reference ${strange + 1}`,
    rule: `must have a class that ${info.recipe}, a conditional model, knows`,
    got: classes[strange] ?? 'none',
    hint: 'give images in a folder for each class, or the split of a data set',
  });
}

export class References {
  readonly facts: ReferenceFacts;
  private readonly images: Float32Array;
  private readonly classes: (string | null)[];
  private readonly model: Model;
  private readonly codes: FloatArray;

  private constructor(
    model: Model,
    images: Float32Array,
    classes: (string | null)[],
    facts: ReferenceFacts,
    codes: FloatArray,
  ) {
    this.images = images;
    this.classes = classes;
    this.facts = facts;
    this.codes = codes;
    this.model = model;
  }

  /**
   * @param folder the model's folder: the run's own test images are the default.
   * @throws HourglassError if named inputs cannot be opened, or do not have the classes that a conditional model is told. Null if the model's own test images are not available,
   * which `neighbours` says when it is used, and for models of rows and of tiles, which do not have that verb.
   */
  static async load(
    model: Model,
    folder: string,
    { inputs, dataDir, most: asked }: ReferenceStart,
  ): Promise<References | null> {
    const { dataset, image, rows } = model.info;
    // Codes are what neighbours are found by: a model of tiles has none of pictures.
    if (rows !== null || model.ofTiles !== undefined) return null;
    const { channels, height, width } = image;
    const size = channels * height * width;
    const most = asked ?? Math.max(1, Math.min(MOST, Math.floor(MOST_VALUES / size)));
    const own = { offline: true, ...(dataDir === null ? {} : { dataDir }) };
    const images: Float32Array[] = [];
    const classes: (string | null)[] = [];
    try {
      const batches =
        inputs === null
          ? ((await ownImages(folder, 'test', own))?.batches ??
            openImages([`${dataset}:test`], model.info.preprocessing, own))
          : openImages(inputs, model.info.preprocessing, { offline: true });
      for await (const batch of batches) {
        const room = most - classes.length;
        images.push(scaled(batch.values).slice(0, room * size));
        classes.push(...batch.classes.slice(0, room));
        if (classes.length >= most) break;
      }
    } catch (error) {
      if (inputs === null && dataDir === null && (error as HourglassError).name === 'HourglassError')
        return null;
      throw error;
    }
    const joined = new Float32Array(classes.length * size);
    let at = 0;
    for (const piece of images) {
      joined.set(piece, at);
      at += piece.length;
    }
    const source =
      inputs === null ? `the first ${classes.length} test images of ${dataset}` : 'images given at the start';
    const told = toldOf(model, classes, inputs !== null);
    if (told === null) return null;
    const codes = await model.encode(joined, told);
    return new References(model, joined, classes, { count: classes.length, source }, codes);
  }

  /** @param codes of the queries, [n, units]. */
  async nearest(codes: Float32Array, k: number, metric: CodeMetric): Promise<FoundNeighbours> {
    // Both sides are encoded already.
    const model: Model = {
      ...this.model,
      info: { ...this.model.info, condition: null },
      encode: async (given) =>
        given === this.images
          ? this.codes
          : { data: codes, shape: [codes.length / this.model.info.codeUnits] },
    };
    const queries = new Float32Array(0);
    const { places, distances, references } = await neighbours(model, queries, this.images, k, { metric });
    const { channels, height, width } = this.model.info.image;
    const size = channels * height * width;
    const pixels = new Float32Array(places.length * k * size);
    for (const [i, place] of places.flat().entries()) {
      pixels.set(this.images.subarray(place * size, (place + 1) * size), i * size);
    }
    const classes = places.map((row) => row.map((place) => this.classes[place] ?? null));
    return { places, distances, classes, pixels, references, source: this.facts.source };
  }
}
