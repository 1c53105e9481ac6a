/** What is decoded, beside the place it belongs to, where the panel with details may be out of sight: above the finger. */
import { effect } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useRef } from 'preact/hooks';
import { show } from '../../parts/images/pixels.ts';
import { toPixels } from '../../parts/plot/viewport.ts';
import type { ImageExplorer } from './images.ts';
import { GUTTER } from './overlay.ts';
import type { PlaneView } from './plane-view.ts';

export interface FloatProps {
  readonly view: PlaneView;
  /** Shows what is there now, and gives its size in CSS pixels; null where there is nothing to show. */
  readonly fill: () => { readonly width: number; readonly height: number } | null;
  readonly children: ComponentChildren;
}

export function Float({ view, fill, children }: FloatProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(
    () =>
      effect(() => {
        const spot = view.spot.value;
        const size = fill();
        const shown = view.view.value;
        const element = box.current;
        if (element === null) return;
        element.hidden = spot === null || size === null;
        element.classList.toggle('touched', view.touched.value);
        if (spot === null || size === null) return;
        const [x, y] = toPixels(shown, spot[0], spot[1]);
        const left = Math.min(Math.max(x - size.width / 2, 2), shown.width - size.width - 2);
        const above = y - size.height - 26;
        const top = above > 2 ? above : Math.min(y + 34, shown.height - size.height - 2);
        element.style.transform = `translate(${GUTTER.left + left}px, ${GUTTER.top + top}px)`;
      }),
    [view, fill],
  );
  return (
    <div ref={box} class="float" hidden aria-hidden="true">
      {children}
    </div>
  );
}

export function ImageFloat({ explorer, view }: { explorer: ImageExplorer; view: PlaneView }) {
  const decoded = useRef<HTMLCanvasElement>(null);
  const image = useRef<HTMLCanvasElement>(null);
  const fill = useCallback(() => {
    const found = explorer.decoded.value;
    const index = explorer.hovered.value;
    if (found === null && index === null) return null;
    decoded.current!.hidden = view.projection.codeAt === null || found === null;
    if (found !== null) show(decoded.current!, found.values, explorer.look);
    image.current!.hidden = index === null;
    if (index !== null) show(image.current!, explorer.sampleOf(index), explorer.look);
    const shown = [decoded.current!, image.current!].filter((canvas) => !canvas.hidden);
    return { width: shown.length * 78 + 8, height: 84 };
  }, [explorer, view]);
  return (
    <Float view={view} fill={fill}>
      <canvas ref={decoded} class="tile" />
      <canvas ref={image} class="tile" />
    </Float>
  );
}
