/** The ONNX files of a model, verified individually and against one another before anything runs them. */
import {
  CLASS,
  type ImageShape,
  missingExtension,
  OFFSET,
  PARTS,
  type PartName,
  SCALE,
} from '../models/index.ts';
import { type ModelDescription, type TensorDescription, verifyModel } from '../onnx/index.ts';
import { fileOfPart, type ModelContent, placeIn, refuse } from './content.ts';
import { readRows } from './rows.ts';
import { configurationIn, type ModelTraits, type TraitsReader } from './traits.ts';

/** The metadata that all files of the model share. */
export interface ModelFacts {
  image: ImageShape;
  codeUnits: number;
  /** Numbers that tell its files the class of an image; 0 for a model that is told nothing. */
  conditionUnits: number;
  /** Whether it takes images as bytes, [N, height, width, channels], and scales them itself. */
  takesBytes: boolean;
  /** Whether its encoder gives the logarithm of the variance of a code. */
  hasLogVariance: boolean;
  /** Numbers of noise that the sampler makes a code of; null if there is no sampler, or its noise is the code. */
  noiseUnits: number | null;
  /** What its recipe says of its use. */
  traits: ModelTraits;
  /** As in the files, without what they differ in. */
  metadata: Readonly<Record<string, string>>;
  /** The weights of all files by name. */
  tensors: ReadonlyMap<string, Float32Array>;
}

/**
 * Verifies each file, that it has the inputs and outputs of the part it says it is, and that all are of one model: the
 * same metadata, the same sizes, and to the bit the same weights under the same names, `weights` included.
 * @throws HourglassError of kind 'data' naming the file and the rule.
 */
export async function verifyFiles(
  { source, files, weights }: ModelContent,
  read: TraitsReader,
): Promise<ModelFacts> {
  let first: PartName | null = null;
  const facts: { -readonly [K in keyof PartFacts]?: PartFacts[K] } = {};
  const tensors = new Map<string, Float32Array>();
  for (const [name, { values }] of weights ?? []) tensors.set(name, values);
  for (const part of PARTS) {
    const bytes = files[part];
    if (bytes === undefined) continue;
    const name = placeIn(source, fileOfPart(part));
    const description = verifyModel(bytes, name);
    const traits = await read(description.metadata, name);
    const found = factsOf(part, description, traits, name);
    first ??= part;
    const differing = Object.keys(found).find((key) => {
      const [one, other] = [found[key as keyof PartFacts], facts[key as keyof PartFacts]];
      return one !== undefined && other !== undefined && JSON.stringify(one) !== JSON.stringify(other);
    });
    if (differing !== undefined) {
      throw refuse(name, `is of another model than ${fileOfPart(first)}: they differ in ${WORDS[differing]}`);
    }
    Object.assign(facts, found);
    requireSameWeights(description, tensors, name, (weights ?? null) !== null);
  }
  const {
    image,
    codeUnits,
    conditionUnits = 0,
    takesBytes = false,
    hasLogVariance = false,
    noiseUnits = null,
    metadata,
    traits,
  } = facts;
  if (image === undefined || codeUnits === undefined) throw refuse(source, 'was not written by hourglass');
  return {
    ...{ image, codeUnits, conditionUnits, takesBytes, hasLogVariance, noiseUnits },
    metadata: metadata!,
    traits: traits!,
    tensors,
  };
}

/** What one part tells; a decoder says nothing of what an encoder takes. */
type PartFacts = Omit<ModelFacts, 'takesBytes' | 'hasLogVariance' | 'noiseUnits' | 'tensors'> &
  Partial<Pick<ModelFacts, 'takesBytes' | 'hasLogVariance' | 'noiseUnits'>>;

const WORDS: Readonly<Record<string, string>> = {
  image: 'the size of their images',
  codeUnits: 'the units of their codes',
  conditionUnits: 'the classes that they are told',
  takesBytes: 'what images they take',
  metadata: 'their metadata',
};

const INPUT_OF = { autoencoder: null, encoder: null, decoder: 'code', sampler: 'noise' } as const;
/** The outputs that a part has; null is what its model is of, an image or a row. */
const OUTPUTS_OF: Readonly<Record<PartName, readonly (string | null)[]>> = {
  autoencoder: ['reconstruction', 'code'],
  encoder: ['code'],
  decoder: ['reconstruction'],
  sampler: [null],
};

/** The outputs that a part may have besides: what a kind of code gives, and codes that are not their noise. */
function furtherOutputs(part: PartName, { outputs }: ModelTraits): ReadonlyMap<string, { perUnit: boolean }> {
  if (part === 'sampler') return new Map([['code', { perUnit: true }]]);
  return new Map(part === 'encoder' ? outputs.map((output) => [output.name, output]) : []);
}

function factsOf(
  part: PartName,
  description: ModelDescription,
  traits: ModelTraits,
  name: string,
): PartFacts {
  const { part: said, ...metadata } = description.metadata;
  if (said !== part) throw refuse(name, `claims to be the ${said ?? 'unknown part'} of a model`);
  if (metadata.recipe === undefined) throw refuse(name, 'does not say of which recipe it is');
  const classes = description.inputs.find((one) => one.name === CLASS);
  const [input, ...more] = description.inputs.filter((one) => one !== classes);
  const outputs = new Map(description.outputs.map((output) => [output.name, output]));
  const rows = readRows(metadata.rows, name);
  const sample = rows === null ? 'image' : 'row';
  const needed = OUTPUTS_OF[part].map((output) => output ?? sample);
  const further = furtherOutputs(part, traits);
  const fits =
    input?.name === (INPUT_OF[part] ?? sample) &&
    more.length === 0 &&
    needed.every((output) => outputs.has(output)) &&
    [...outputs.keys()].every((output) => needed.includes(output) || further.has(output));
  if (!fits)
    throw (
      missingExtension(name, configurationIn(metadata)) ??
      refuse(name, `does not have the inputs and outputs of ${part === 'sampler' ? 'a' : 'an'} ${part}`)
    );
  const conditionUnits = classes === undefined ? 0 : unitsOf(classes, name);
  if (conditionUnits !== (traits.condition?.classes.length ?? 0))
    throw refuse(name, 'takes other classes than its metadata say');
  const takesBytes = input.dtype === 'uint8';
  const inside = part === 'decoder' || part === 'sampler';
  const codes = [...outputs.values()].filter(
    (output) => output.name === 'code' || further.get(output.name)?.perUnit,
  );
  // A sampler without a code among its outputs: its noise is the code.
  if (part === 'decoder' || (part === 'sampler' && codes.length === 0)) codes.push(input);
  const units = codes.map((code) => unitsOf(code, name));
  const images = [inside ? undefined : input, outputs.get('reconstruction'), outputs.get(sample)].flatMap(
    (image) =>
      image === undefined ? [] : [rows === null ? imageShapeOf(image, name) : rowShapeOf(image, name)],
  );
  if (rows !== null) requireScaling(description, rows, name);
  if (new Set(units).size !== 1 || new Set(images.map((image) => JSON.stringify(image))).size !== 1) {
    throw refuse(name, 'takes and gives images or codes of different sizes');
  }
  const shared = { image: images[0]!, codeUnits: units[0]!, conditionUnits, metadata, traits };
  if (part === 'sampler' && outputs.has('code')) return { ...shared, noiseUnits: unitsOf(input, name) };
  if (part === 'encoder') return { ...shared, takesBytes, hasLogVariance: outputs.has('logVariance') };
  return inside ? shared : { ...shared, takesBytes };
}

function unitsOf({ shape, dtype, name: tensor }: TensorDescription, name: string): number {
  const [rows, units] = shape;
  if (shape.length === 2 && typeof rows === 'string' && typeof units === 'number' && dtype === 'float32') {
    return units;
  }
  throw refuse(name, `its '${tensor}' must be float32 [N, units]`);
}

/** A row is an image of one line. */
const rowShapeOf = (tensor: TensorDescription, name: string): ImageShape => ({
  height: 1,
  width: unitsOf(tensor, name),
  channels: 1,
});

/** The scaling in a graph is the one that its metadata describe. */
function requireScaling(
  { weights }: ModelDescription,
  { offset, scale }: { offset: readonly number[]; scale: readonly number[] },
  name: string,
): void {
  for (const [tensor, values] of [
    [OFFSET, offset],
    [SCALE, scale],
  ] as const) {
    const found = weights.get(tensor)?.values;
    if (found !== undefined && sameBits(found, Float32Array.from(values))) continue;
    throw refuse(name, 'scales its columns in another way than it says');
  }
}

function imageShapeOf({ shape, dtype, name: tensor }: TensorDescription, name: string): ImageShape {
  const [rows, ...sizes] = shape;
  if (shape.length === 4 && typeof rows === 'string' && sizes.every((size) => typeof size === 'number')) {
    const [a, b, c] = sizes as [number, number, number];
    if (dtype === 'float32') return { height: b, width: c, channels: a };
    if (dtype === 'uint8' && tensor === 'image') return { height: a, width: b, channels: c };
  }
  throw refuse(name, `its '${tensor}' must be float32 [N, channels, height, width]`);
}

/** Numbers that are the same in every file by their very names, and a scaling, which was compared with the metadata. */
const isConstant = (name: string): boolean => name.startsWith('const/') || name === OFFSET || name === SCALE;

/** Holds a file's weights against those seen before, and adds them; where `complete`, all must have been seen. */
function requireSameWeights(
  { weights }: ModelDescription,
  seen: Map<string, Float32Array>,
  name: string,
  complete: boolean,
): void {
  for (const [tensor, { values }] of weights) {
    if (isConstant(tensor)) continue;
    const other = seen.get(tensor);
    if (other === undefined && !complete) seen.set(tensor, values);
    else if (other === undefined || !sameBits(values, other)) {
      throw refuse(
        name,
        `is of another model than the files next to it: they differ in the weights '${tensor}'`,
      );
    }
  }
}

/** To the bit: NaNs too, and −0 is not 0. */
function sameBits(a: Float32Array, b: Float32Array): boolean {
  const [one, other] = [bitsOf(a), bitsOf(b)];
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
}

const bitsOf = ({ buffer, byteOffset, length }: Float32Array) => new Uint32Array(buffer, byteOffset, length);
