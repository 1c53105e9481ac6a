/** A model that is explored: its images and codes, the code that is decoded now, and what the pointer is on. */
import { computed, signal } from '@preact/signals';
import type { PageModel } from 'hourglass/web';
import type { ImageSet } from '../../../src/studio/protocol.ts';
import { imageAt, type Look, lookOf, squaredError } from '../../parts/images/pixels.ts';
import { newestWins } from '../../parts/newest.ts';
import { type Codes, codeOf, finite, rangesOf, type UnitRange } from './codes.ts';
import type { Projection } from './projection.ts';
import { axes, numbers, parameter, setParameters, setSoon } from './settings.ts';

export interface Decoded {
  readonly code: Float32Array;
  readonly image: Float32Array;
}

export interface Reconstruction {
  readonly index: number;
  readonly image: Float32Array;
  readonly error: number;
}

/** Codes of more units are not written into the address. */
const MOST_IN_ADDRESS = 128;

export class Explorer {
  readonly look: Look;
  readonly ranges: readonly UnitRange[];
  readonly mean: Float32Array;
  /** Images whose code has a value that is no number. */
  readonly broken: number;

  /** The plane that is shown; null while it is computed. */
  readonly projection = signal<Projection | null>(null);
  /** The code that is decoded: what the pointer, the sliders, the brush and a chosen image set. */
  readonly code = signal<Float32Array>(new Float32Array());
  readonly decoded = signal<Decoded | null>(null);
  /** The image under the pointer. */
  readonly hovered = signal<number | null>(null);
  readonly reconstruction = signal<Reconstruction | null>(null);
  /** Images that the lasso holds, by their positions. */
  readonly chosen = signal<readonly number[]>([]);
  /** Codes of the walk that is shown. */
  readonly walk = signal<{ codes: Float32Array; steps: number; now: number } | null>(null);
  /** The last failure of the model, in a line. */
  readonly failure = signal<string | null>(null);
  /** Errors of all images, once they have been asked for. */
  readonly errors = signal<Float32Array | null>(null);

  /** The image that is shown in detail: the one under the pointer, else the chosen one. */
  readonly shown = computed(() => this.hovered.value ?? this.selected);
  /** Where the code that is decoded lies on the plane. */
  readonly cursor = computed(() => {
    const place = this.projection.value?.placeOf?.(this.code.value) ?? null;
    return place?.every(Number.isFinite) ? place : null;
  });

  readonly model: PageModel;
  readonly set: ImageSet;
  readonly codes: Codes;

  constructor(model: PageModel, set: ImageSet, codes: Codes) {
    this.model = model;
    this.set = set;
    this.codes = codes;
    this.look = lookOf(set);
    this.ranges = rangesOf(codes);
    this.mean = Float32Array.from(this.ranges, ({ mean }) => mean);
    let broken = 0;
    for (let i = 0; i < codes.count; i++) {
      if (!codes.values.subarray(i * codes.units, (i + 1) * codes.units).every(Number.isFinite)) broken++;
    }
    this.broken = broken;
    const given = numbers(parameter('code'));
    const image = this.selected;
    if (given.length === codes.units) this.code.value = Float32Array.from(given);
    else this.code.value = image === null ? this.mean : finite(codeOf(codes, image));
  }

  get hasClasses(): boolean {
    return this.set.classes.length > 1;
  }

  className(index: number): string {
    const label = this.set.labels[index]!;
    return this.set.classes[label] || `class ${label}`;
  }

  /** The chosen image, as the address has it. */
  get selected(): number | null {
    const given = parameter('image');
    const index = given === null ? Number.NaN : Number(given);
    return Number.isInteger(index) && index >= 0 && index < this.codes.count ? index : null;
  }

  /** Chooses an image, and takes its code as the one that is decoded. */
  select(index: number | null): void {
    setParameters({ image: index, code: null, point: null });
    if (index !== null) this.code.value = finite(codeOf(this.codes, index));
  }

  imageOf(index: number): Uint8Array {
    return imageAt(this.set.values, index, this.look);
  }

  /** Takes a code that sliders or the brush set, and writes it into the address. */
  setCode(code: Float32Array): void {
    this.code.value = code;
    const text = code.length <= MOST_IN_ADDRESS ? Array.from(code, rounded).join(',') : null;
    setSoon({ code: text, point: null });
  }

  /** Takes the code of a place on the plane. */
  pointAt(place: readonly number[]): void {
    const to = this.projection.value;
    if (to?.codeAt == null) return;
    this.code.value = to.codeAt(place, this.code.peek());
    setSoon({ point: place.map(rounded).join(',') });
  }

  /** Takes up the place that the address names, when the plane is known. */
  restorePoint(): void {
    const point = numbers(parameter('point'));
    const to = this.projection.peek();
    if (to?.codeAt != null && point.length === to.places.length)
      this.code.value = to.codeAt(point, this.code.peek());
  }

  /** The units of the axes. */
  get axes(): number[] {
    return axes(this.codes.units);
  }

  /** Decodes the code, and the code of an image with it. While a call runs, of those asked for only the newest waits. */
  readonly decode = newestWins<{ code: Float32Array; index: number | null }>(
    async ({ code, index }) => {
      const { units } = this.codes;
      // While the pointer stays on an image, its reconstruction stays the same.
      const isNew = index !== null && this.reconstruction.peek()?.index !== index;
      const both = new Float32Array(units * (isNew ? 2 : 1));
      both.set(code);
      if (isNew) both.set(finite(codeOf(this.codes, index)), units);
      const { data } = await this.model.decode(both);
      this.failure.value = null;
      this.decoded.value = { code, image: imageAt(data as Float32Array, 0, this.look) };
      if (!isNew) return;
      const image = imageAt(data as Float32Array, 1, this.look);
      this.reconstruction.value = { index, image, error: squaredError(this.imageOf(index), image) };
    },
    (error) => {
      this.failure.value = error.message;
    },
  );
}

const rounded = (value: number): number => Number(value.toPrecision(4));
