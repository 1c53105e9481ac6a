/** Going through samples with a model: a conditional one is told the class of each. */
import { type Model, toldOwn } from '../model/index.ts';
import { passes, passLabels, type Source, valuesOf } from '../samples/index.ts';

/** Some samples, scaled, [rows, values], and the model to use on them. */
export interface ToldPass {
  readonly images: Float32Array;
  /** The model, which is told the classes of these samples if it is conditional. */
  readonly own: Model;
  /** Their labels; empty if the samples have none. */
  readonly labels: Uint8Array;
}

/**
 * The samples of a source as `passes` gives them.
 * @param onShare gets the share of them that is done.
 * @param most only so many, spread evenly.
 */
export async function* toldPasses(
  model: Model,
  source: Source,
  onShare: (share: number) => void = () => {},
  most: number = source.count,
): AsyncGenerator<ToldPass, void, undefined> {
  const labels = passLabels(source, most);
  const size = valuesOf(source.spec);
  let at = 0;
  for await (const images of passes(source, most)) {
    onShare(at / Math.min(most, source.count));
    const rows = images.length / size;
    const some = labels.subarray(at, at + rows);
    yield { images, own: toldOwn(model, some), labels: some };
    at += rows;
  }
}
