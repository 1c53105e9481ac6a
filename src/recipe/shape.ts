import { type Definition, describeLayers } from '../models/index.ts';
import type { Recipe } from './recipe.ts';

/** Layer widths from image to image, for example 784-512-…-784. */
export function modelShape(definition: Definition, { model }: Recipe): string {
  return [
    definition.values,
    ...describeLayers(model.encoder),
    definition.codeShape.join('×'),
    ...describeLayers(model.decoder),
    definition.values,
  ].join('-');
}
