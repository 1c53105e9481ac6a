/** A model that is explored: its samples and codes, the code that is decoded now, and what the pointer is on. */
import { computed, signal } from '@preact/signals';
import type { PageModel, Told } from 'hourglass/web';
import { inWordsFor } from '../../../src/samples/words.ts';
import type { SampleKind, SampleSet } from '../../../src/studio/protocol.ts';
import type { Tiles } from '../../parts/images/plane-tiles.ts';
import { newestWins } from '../../parts/newest.ts';
import { widthOfSample } from '../../parts/samples.ts';
import { classesOf, ownClasses } from '../../parts/told.ts';
import { type Codes, codeOf, finite, rangesOf, type UnitRange } from './codes.ts';
import type { Projection } from './projection.ts';
import { axes, numbers, parameter, setParameters, setSoon } from './settings.ts';

export interface Decoded {
  readonly code: Float32Array;
  readonly values: Float32Array;
}

export interface Reconstruction {
  readonly index: number;
  readonly values: Float32Array;
  readonly error: number;
}

/** What samples can be coloured by besides class, error and units: a number of each, NaN where it is missing, or a group. */
export type Property =
  | { readonly name: string; readonly numbers: Float32Array }
  | { readonly name: string; readonly groups: readonly string[]; readonly group: Uint8Array };

/** Codes of more units are not written into the address. */
const MOST_IN_ADDRESS = 128;

/** Images and rows each have their own: it adds what depends on what a sample is. */
export abstract class Explorer<S extends SampleSet = SampleSet> {
  abstract readonly kind: SampleKind;
  /** The names of the properties that samples can be coloured by. */
  readonly properties: readonly string[] = [];
  /** The values of one sample. */
  readonly width: number;
  readonly ranges: readonly UnitRange[];
  readonly mean: Float32Array;
  /** Samples whose code has a value that is no number. */
  readonly broken: number;

  /** The plane that is shown; null while it is computed. */
  readonly projection = signal<Projection | null>(null);
  /** The code that is decoded: what the pointer, the sliders, the brush and a chosen image set. */
  readonly code = signal<Float32Array>(new Float32Array());
  readonly decoded = signal<Decoded | null>(null);
  /** The sample under the pointer. */
  readonly hovered = signal<number | null>(null);
  readonly reconstruction = signal<Reconstruction | null>(null);
  /** Samples that the lasso holds, by their positions. */
  readonly chosen = signal<readonly number[]>([]);
  /** Codes of the walk that is shown. */
  readonly walk = signal<{ codes: Float32Array; steps: number; now: number } | null>(null);
  /** The last failure of the model, in a line. */
  readonly failure = signal<string | null>(null);
  /** Errors of all samples, once they have been asked for. */
  readonly errors = signal<Float32Array | null>(null);

  /** The sample that is shown in detail: the one under the pointer, else the chosen one. */
  readonly shown = computed(() => this.hovered.value ?? this.selected);
  /** Where the code that is decoded lies on the plane. */
  readonly cursor = computed(() => {
    const place = this.projection.value?.placeOf?.(this.code.value) ?? null;
    return place?.every(Number.isFinite) ? place : null;
  });

  /** The classes that the model can be told; none for a model that is not conditional. */
  readonly classes: readonly string[];
  readonly model: PageModel;
  readonly set: S;
  readonly codes: Codes;

  constructor(model: PageModel, set: S, codes: Codes) {
    this.model = model;
    this.classes = classesOf(model);
    this.set = set;
    this.codes = codes;
    this.width = widthOfSample(set);
    this.ranges = rangesOf(codes);
    this.mean = Float32Array.from(this.ranges, ({ mean }) => mean);
    let broken = 0;
    for (let i = 0; i < codes.count; i++) {
      if (!codes.values.subarray(i * codes.units, (i + 1) * codes.units).every(Number.isFinite)) broken++;
    }
    this.broken = broken;
    const given = numbers(parameter('code'));
    const selected = this.selected;
    if (given.length === codes.units) this.code.value = Float32Array.from(given);
    else this.code.value = selected === null ? this.mean : finite(codeOf(codes, selected));
  }

  /** How far a sample is from its reconstruction. */
  abstract errorOf(index: number, reconstruction: Float32Array): number;

  /** What a sample is called: its position among the images, or the number of the row in its file. */
  abstract nameOf(index: number): string;

  /** The position of the sample that is called so; null if there is none. */
  abstract indexOf(name: string): number | null;

  /** As a sentence has it: image 12, row 31. */
  abstract titleOf(index: number): string;

  /** Pictures that may take the place of dots; null if samples have none. */
  tiles(): Tiles | null {
    return null;
  }

  /** The property at this position in `properties`. */
  property(_at: number): Property | null {
    return null;
  }

  /** Whether that property is a group of each sample and no number. */
  isGrouped(_at: number): boolean {
    return false;
  }

  /** A text that is worded for images, in the words for these samples. */
  worded(text: string): string {
    return inWordsFor(this.kind, text);
  }

  get hasClasses(): boolean {
    return this.set.classes.length > 1;
  }

  className(index: number): string {
    const label = this.set.labels[index]!;
    return this.set.classes[label] || `class ${label}`;
  }

  /** The class that is chosen for all that is decoded; null for each sample's own. */
  get chosenClass(): string | null {
    const given = parameter('class');
    return this.classes.find((name) => name === given) ?? null;
  }

  /** The class that a code is decoded as: the chosen one, that of a sample, or the first; null if the model is told none. */
  classFor(index: number | null): string | null {
    const own = index === null ? undefined : this.className(index);
    return this.chosenClass ?? this.classes.find((name) => name === own) ?? this.classes[0] ?? null;
  }

  /** What the model is told of samples: their own classes. */
  told(from: number, to: number): Told {
    return ownClasses(this.model, this.set, from, to);
  }

  /** What it is told on a walk between two samples: the chosen class, or that of the nearer end. */
  toldOnWay(from: number, to: number, steps: number): Told {
    if (this.classes.length === 0) return {};
    const [first, last] = [this.classFor(from)!, this.classFor(to)!];
    return { classes: Array.from({ length: steps }, (_, i) => (i < steps / 2 ? first : last)) };
  }

  /** The chosen sample, as the address has it. */
  get selected(): number | null {
    const given = parameter('image');
    const index = given === null ? Number.NaN : Number(given);
    return Number.isInteger(index) && index >= 0 && index < this.codes.count ? index : null;
  }

  /** Chooses a sample, and takes its code as the one that is decoded. */
  select(index: number | null): void {
    setParameters({ image: index, code: null, point: null });
    if (index !== null) this.code.value = finite(codeOf(this.codes, index));
  }

  /** The values of a sample. */
  sampleOf(index: number): S['values'] {
    return this.set.values.subarray(index * this.width, (index + 1) * this.width) as S['values'];
  }

  /** The values of the i-th of decoded samples. */
  decodedAt(values: Float32Array, i: number): Float32Array {
    return values.subarray(i * this.width, (i + 1) * this.width);
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

  /** Decodes the code, and the code of a sample with it. While a call runs, of those asked for only the newest waits. */
  readonly decode = newestWins<{ code: Float32Array; index: number | null; as: string | null }>(
    async ({ code, index, as }) => {
      const { units } = this.codes;
      // While the pointer stays on a sample, its reconstruction stays the same.
      const isNew = index !== null && this.reconstruction.peek()?.index !== index;
      const both = new Float32Array(units * (isNew ? 2 : 1));
      both.set(code);
      if (isNew) both.set(finite(codeOf(this.codes, index)), units);
      const told = as === null ? {} : { classes: isNew ? [as, this.className(index)] : [as] };
      const { data } = await this.model.decode(both, told);
      this.failure.value = null;
      this.decoded.value = { code, values: this.decodedAt(data as Float32Array, 0) };
      if (!isNew) return;
      const values = this.decodedAt(data as Float32Array, 1);
      this.reconstruction.value = { index, values, error: this.errorOf(index, values) };
    },
    (error) => {
      this.failure.value = error.message;
    },
  );
}

const rounded = (value: number): number => Number(value.toPrecision(4));
