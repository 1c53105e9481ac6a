/** What the plane or the space shows, as SVG: dots in their colours and shapes, also where the screen shows pictures. */
import { drawn } from '../../parts/ground.ts';
import { dotSize } from '../../parts/plot/density.ts';
import { shapeOf } from '../../parts/plot/stamps.ts';
import { at, type Drawing, svgOf } from '../../parts/plot/svg.ts';
import { short } from '../../parts/plot/ticks.ts';
import { toPixels } from '../../parts/plot/viewport.ts';
import { MISSING } from './colouring.ts';
import { FAINT, type Scene, SHAPE_RADIUS } from './painter.ts';
import { PATHS } from './shape-paths.ts';

export function dotsAsSvg(
  dots: Omit<Scene, 'ground'>,
  { title, axes }: Pick<Drawing, 'title' | 'axes'>,
): string {
  const { x, y, view, colouring, hidden, faint, shapes, order } = dots;
  const { group, groups, colours, scale } = colouring;
  const places: { i: number; px: number; py: number }[] = [];
  for (let k = 0; k < x.length; k++) {
    const i = order?.[k] ?? k;
    if (hidden[group[i]!] === 1) continue;
    const [px, py] = toPixels(view, x[i]!, y[i]!);
    if (px > -9 && py > -9 && px < view.width + 9 && py < view.height + 9) places.push({ i, px, py });
  }
  const { radius, opacity } = dotSize(places.length, view);
  const size = shapes ? Math.max(SHAPE_RADIUS, radius) : radius;
  const dot = ({ i, px, py }: (typeof places)[number]): string => {
    const colour = `fill="${colours[group[i]!]}"${faint?.[i] === 1 ? ` fill-opacity="${FAINT}"` : ''}`;
    if (!shapes) return `<circle cx="${at(px)}" cy="${at(py)}" r="${size}" ${colour}/>`;
    const path = PATHS[shapeOf(group[i]!)];
    return `<path transform="translate(${at(px)} ${at(py)}) scale(${size})" d="${path}" fill-rule="evenodd" ${colour}/>`;
  };
  const legend =
    scale === null
      ? groups.flatMap((name, label) =>
          hidden[label] === 1 || name === '' ? [] : [{ name, colour: colours[label]! }],
        )
      : [
          { name: `${scale.label}: ${short(scale.from)}`, colour: colours[0]! },
          { name: short(scale.to), colour: colours[scale.hasMissing ? MISSING - 1 : 255]! },
          ...(scale.hasMissing ? [{ name: 'missing', colour: colours[MISSING]! }] : []),
        ];
  return svgOf({
    ...{
      width: Math.round(view.width),
      height: Math.round(view.height),
      title,
      colours: drawn.peek(),
      legend,
    },
    ...(axes === undefined ? {} : { axes }),
    body: [`<g fill-opacity="${opacity}">`, ...places.map(dot), '</g>'],
  });
}
