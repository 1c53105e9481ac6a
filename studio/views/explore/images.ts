/** Images that are explored. */
import type { PageModel } from 'hourglass/web';
import type { ImageSet } from '../../../src/studio/protocol.ts';
import { type Look, lookOf, squaredError } from '../../parts/images/pixels.ts';
import { Tiles } from '../../parts/images/plane-tiles.ts';
import type { Codes } from './codes.ts';
import { Explorer } from './explorer.ts';
import { wholeOf } from './settings.ts';

export class ImageExplorer extends Explorer<ImageSet> {
  readonly kind = 'image';
  readonly look: Look;

  constructor(model: PageModel, set: ImageSet, codes: Codes) {
    super(model, set, codes);
    this.look = lookOf(set);
  }

  override errorOf(index: number, reconstruction: Float32Array): number {
    return squaredError(this.sampleOf(index), reconstruction);
  }

  override nameOf(index: number): string {
    return String(index);
  }

  override indexOf(name: string): number | null {
    return wholeOf(name, this.codes.count);
  }

  override titleOf(index: number): string {
    return `image ${index.toLocaleString('en')}`;
  }

  override tiles(): Tiles {
    return new Tiles(this.set, this.look);
  }
}
