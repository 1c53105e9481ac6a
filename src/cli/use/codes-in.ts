/** Codes from a file or standard input as a model's vectors: whole numbers are those that they stand for. */
import type { Model } from '../../api.ts';
import type { CodesOptions } from '../../data/codes.ts';

export async function* codesIn(
  { info, quantised }: Pick<Model, 'info' | 'quantised'>,
  path: string,
  options: CodesOptions,
): AsyncGenerator<{ names: string[]; codes: Float32Array }> {
  const [{ openCodes }, { codesOfIntegers }] = await Promise.all([
    import('../../data/codes.ts'),
    import('../../api.ts'),
  ]);
  const integers = quantised === undefined ? {} : { integers: quantised.shape };
  for await (const { names, codes, isIntegers } of openCodes(path, info.codeUnits, {
    ...options,
    ...integers,
  })) {
    yield isIntegers && quantised !== undefined
      ? { names, codes: codesOfIntegers(quantised, codes, info.recipe) }
      : { names, codes };
  }
}
