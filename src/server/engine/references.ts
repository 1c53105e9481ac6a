/** The images that `neighbours` searches: loaded and encoded once, when the model is. */

import { openImages } from '../../data/images/index.ts';
import type { HourglassError } from '../../errors.ts';
import { type CodeMetric, type Model, neighbours, scaled } from '../../runs/index.ts';

export interface ReferenceStart {
  /** Folders, files or data sets; null for the test split of what the model was trained on. */
  inputs: readonly string[] | null;
  /** How many are kept: encoding them is most of what a start takes. */
  most: number;
}

/** What is known of them outside their thread. */
export interface ReferenceFacts {
  count: number;
  /** What they are, in words. Inputs that were named stay unnamed: they may be paths. */
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
   * @throws HourglassError where named inputs cannot be had; null where the test split is not here, which needs no
   * mention: `neighbours` says so when it is asked.
   */
  static async load(model: Model, { inputs, most }: ReferenceStart): Promise<References | null> {
    const { dataset, image } = model.info;
    const { channels, height, width } = image;
    const size = channels * height * width;
    const named = inputs ?? [`${dataset}:test`];
    const images: Float32Array[] = [];
    const classes: (string | null)[] = [];
    try {
      const want = { channels: channels as 1 | 3, height, width };
      for await (const batch of openImages(named, want, { offline: true })) {
        const room = most - classes.length;
        images.push(scaled(batch.pixels).slice(0, room * size));
        classes.push(...batch.classes.slice(0, room));
        if (classes.length >= most) break;
      }
    } catch (error) {
      if (inputs === null && (error as HourglassError).name === 'HourglassError') return null;
      throw error;
    }
    const joined = new Float32Array(classes.length * size);
    let at = 0;
    for (const piece of images) {
      joined.set(piece, at);
      at += piece.length;
    }
    const source =
      inputs === null ? `the first ${classes.length} test images of ${dataset}` : 'images named at the start';
    const codes = await model.encode(joined);
    return new References(model, joined, classes, { count: classes.length, source }, codes);
  }

  /** @param codes of the queries, [n, units]. */
  async nearest(codes: Float32Array, k: number, metric: CodeMetric): Promise<FoundNeighbours> {
    // Both sides are encoded already.
    const model: Model = {
      ...this.model,
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
