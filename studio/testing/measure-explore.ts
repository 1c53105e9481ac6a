/** Measures the view Explore in the page, by the events that a mouse makes. */
import type { ExploreTimes } from '../../test/studio/support/explore-times.ts';

const FRAMES = 150;
const MOVES = 200;

const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
const quantile = (values: number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))]!;

export async function measureExplore(): Promise<ExploreTimes> {
  const area = document.querySelector<HTMLElement>('.plane-area')!;
  const points = document.querySelector<HTMLElement>('.plane-points')!;
  const box = area.getBoundingClientRect();
  const drawn = () => Number(points.dataset.milliseconds);
  const visible = () => Number(points.dataset.visible);
  // A pointer that is made here cannot be captured.
  area.setPointerCapture = () => {};
  const at = (x: number, y: number) => ({
    ...{ clientX: box.left + x, clientY: box.top + y, bubbles: true, cancelable: true, pointerId: 1 },
    pointerType: 'mouse',
  });
  const move = (x: number, y: number) => area.dispatchEvent(new PointerEvent('pointermove', at(x, y)));
  const wheel = (deltaY: number) =>
    area.dispatchEvent(new WheelEvent('wheel', { ...at(box.width / 2, box.height / 2), deltaY }));
  const press = (type: 'pointerdown' | 'pointerup') =>
    area.dispatchEvent(new PointerEvent(type, { ...at(300, 200), button: 0 }));
  const moveOnCircle = (i: number) => move(300 + 80 * Math.sin(i / 10), 200 + 60 * Math.cos(i / 10));
  async function frames(act: (i: number) => void) {
    const began = performance.now();
    const drawings: number[] = [];
    for (let i = 0; i < FRAMES; i++) {
      act(i);
      await frame();
      drawings.push(drawn());
    }
    return { perSecond: (1000 * FRAMES) / (performance.now() - began), drawings };
  }

  const [all, firstDraw] = [visible(), drawn()];
  const zoom = await frames((i) => wheel(i % 40 < 20 ? -10 : 10));
  press('pointerdown');
  const pan = await frames(moveOnCircle);
  press('pointerup');

  const decodings: number[] = [];
  const picture = document.querySelector('.decoded')!;
  for (let i = 0; i < MOVES; i++) {
    const began = performance.now();
    const shown = new Promise<void>((resolve) => {
      const watch = new MutationObserver(() => {
        watch.disconnect();
        resolve();
      });
      watch.observe(picture, { attributeFilter: ['data-count'] });
    });
    move(100 + 2 * i, 60 + i);
    await shown;
    decodings.push(performance.now() - began);
    await frame();
  }

  for (let i = 0; i < 400 && points.dataset.as !== 'pictures'; i++) {
    wheel(-15);
    await frame();
    await frame();
  }
  const pictures = visible();
  press('pointerdown');
  const pictured = await frames((i) => move(300 + 10 * Math.sin(i / 10), 200 + 8 * Math.cos(i / 10)));
  press('pointerup');
  return {
    ...{ points: all, firstDraw, zooming: zoom.perSecond, panning: pan.perSecond },
    drawing: quantile([...zoom.drawings, ...pan.drawings], 0.95),
    ...{ pictures, drawingPictures: quantile(pictured.drawings, 0.95) },
    ...{ decodingHalf: quantile(decodings, 0.5), decoding: quantile(decodings, 0.95) },
  };
}
