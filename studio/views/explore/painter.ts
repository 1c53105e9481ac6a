/** Draws the points of a plane or of a space into a canvas: dots, or pictures where few are on screen. */
import { MOST_PICTURES, type Tiles, tileSide } from '../../parts/images/plane-tiles.ts';
import { dotSize } from '../../parts/plot/density.ts';
import { countVisible, drawPoints, type Ink, pixelOf, type Surface } from '../../parts/plot/scatter.ts';
import { SHAPES, type Stamp, shapeOf, stampOf } from '../../parts/plot/stamps.ts';
import type { Viewport } from '../../parts/plot/viewport.ts';
import type { Colouring } from './colouring.ts';

export interface Scene {
  /** The places of the points in the plane that is drawn. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** From the farthest to the nearest, in a space. */
  readonly order?: Uint32Array;
  readonly view: Viewport;
  readonly colouring: Colouring;
  /** 1 for groups that are not shown. */
  readonly hidden: Uint8Array;
  /** 1 for images outside of what is selected; absent if nothing is. */
  readonly faint?: Uint8Array | undefined;
  /** A shape for each class. */
  readonly shapes: boolean;
  readonly ground: string;
}

/** The least radius at which shapes are told apart, in CSS pixels. */
export const SHAPE_RADIUS = 3;
/** The opacity of what is outside of a selection. */
export const FAINT = 0.15;

export class Painter {
  private surface: (Surface & { image: ImageData }) | undefined;
  private readonly tiles: Tiles | null;
  private ink: { key: string; near: readonly Stamp[]; faint: readonly Stamp[] } | undefined;
  /** Whether pictures were drawn in place of dots. */
  pictures = false;
  /** The side of a picture, in pixels of the canvas. */
  side = 0;
  /** Points on the canvas. */
  visible = 0;

  private readonly canvas: HTMLCanvasElement;

  /** @param tiles the pictures that may take the place of dots, if samples have any. */
  constructor(canvas: HTMLCanvasElement, tiles: Tiles | null) {
    this.canvas = canvas;
    this.tiles = tiles;
  }

  draw(scene: Scene, ratio: number): void {
    const surface = this.sized(scene.view, ratio);
    surface.pixels.fill(pixelOf(scene.ground));
    const view = {
      ...scene.view,
      width: surface.width,
      height: surface.height,
      across: scene.view.across * ratio,
      up: scene.view.up * ratio,
    };
    const points = { x: scene.x, y: scene.y, group: scene.colouring.group };
    this.visible = countVisible(points, view, scene.hidden);
    const areFew = this.visible > 0 && this.visible <= MOST_PICTURES && scene.order === undefined;
    this.pictures = areFew && this.tiles !== null;
    if (this.pictures) this.drawPictures(this.tiles!, surface, scene, view, ratio);
    else this.drawDots(surface, scene, view, ratio);
    this.canvas.getContext('2d', { alpha: false })!.putImageData(surface.image, 0, 0);
  }

  private sized({ width, height }: Viewport, ratio: number) {
    const [w, h] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
    if (this.surface?.width !== w || this.surface.height !== h) {
      const image = new ImageData(w, h);
      this.surface = { width: w, height: h, image, pixels: new Uint32Array(image.data.buffer) };
      this.canvas.width = w;
      this.canvas.height = h;
    }
    return this.surface;
  }

  private drawDots(surface: Surface, scene: Scene, view: Viewport, ratio: number): void {
    const size = dotSize(this.visible, scene.view);
    const radius = ratio * (scene.shapes ? Math.max(SHAPE_RADIUS, size.radius) : size.radius);
    const key = `${radius} ${size.opacity} ${scene.shapes}`;
    if (this.ink?.key !== key) {
      const stamps = (opacity: number) => {
        const made = SHAPES.slice(0, scene.shapes ? undefined : 1).map((_, i) => stampOf(i, radius, opacity));
        return Array.from({ length: 256 }, (_, group) => made[scene.shapes ? shapeOf(group) : 0]!);
      };
      this.ink = { key, near: stamps(size.opacity), faint: stamps(size.opacity * FAINT) };
    }
    const ink: Ink = { colours: scene.colouring.pixels, stamps: this.ink.near, hidden: scene.hidden };
    drawPoints(surface, { x: scene.x, y: scene.y, group: scene.colouring.group }, view, ink, {
      faint: scene.faint,
      faintInk: { ...ink, stamps: this.ink.faint },
      ...(scene.order === undefined ? {} : { order: scene.order }),
    });
  }

  private drawPictures(tiles: Tiles, surface: Surface, scene: Scene, view: Viewport, ratio: number): void {
    const { x, y, hidden, faint } = scene;
    const { group, pixels } = scene.colouring;
    this.side = tileSide(this.visible, surface, ratio);
    tiles.resize(this.side);
    const [left, top] = [view.width / 2 - view.x * view.across, view.height / 2 + view.y * view.up];
    const [w, h] = [tiles.width, tiles.height];
    for (let i = 0; i < x.length; i++) {
      if (hidden[group[i]!] === 1) continue;
      const px = left + x[i]! * view.across;
      const py = top - y[i]! * view.up;
      if (!(px > -w && px < view.width + w && py > -h && py < view.height + h)) continue;
      tiles.draw(surface, i, px, py, pixels[group[i]!]!, faint?.[i] === 1 ? FAINT : 1);
    }
  }
}
