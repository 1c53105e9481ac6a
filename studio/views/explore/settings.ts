/** What the address says about this view, with what holds where it says nothing. */
import { parameter, setParameters as writeParameters } from '../../address.ts';

export const PLANES = ['units', 'axes', 'umap', 'space'] as const;
export type Plane = (typeof PLANES)[number];

export const TOOLS = ['look', 'lasso', 'walk'] as const;
export type Tool = (typeof TOOLS)[number];

export const PANELS = ['image', 'sliders', 'paint', 'walk', 'selection'] as const;
export type Panel = (typeof PANELS)[number];

export const SPLITS = ['test', 'train', 'all'] as const;
export type Split = (typeof SPLITS)[number];

/** What points are coloured by: their class, the error of their reconstruction, the value of a unit, or a property by its position. */
export type ColourBy = 'class' | 'error' | number | { readonly property: number };

/** How the address names the property that colours. */
export const colourOfProperty = (name: string): string => `column:${name}`;

const oneOf = <T extends string>(names: readonly T[], given: string | null, otherwise: T): T =>
  names.find((name) => name === given) ?? otherwise;

/** A whole number from 0 to below `count`; null for anything else. */
export function wholeOf(given: string | null, count: number): number | null {
  return given !== null && /^\d{1,9}$/.test(given) && Number(given) < count ? Number(given) : null;
}

export const split = (): Split => oneOf(SPLITS, parameter('split'), 'test');
export const tool = (): Tool => oneOf(TOOLS, parameter('tool'), 'look');
export const panel = (): Panel => oneOf(PANELS, parameter('panel'), 'image');
export const withShapes = (): boolean => parameter('shapes') === '1';

/** Planes that a code of so many units has. */
export const planesOf = (units: number): Plane[] =>
  PLANES.filter((each) => units > 1 || each === 'units').filter((each) => units > 2 || each !== 'space');

export const plane = (units: number): Plane =>
  oneOf(planesOf(units), parameter('plane'), units <= 2 ? 'units' : units === 3 ? 'space' : 'axes');

/** The units along the axes: different ones. */
export function axes(units: number): number[] {
  const found: number[] = [];
  for (const name of ['x', 'y', 'z'].slice(0, Math.min(units, 3))) {
    const given = wholeOf(parameter(name), units);
    const free = Array.from({ length: units }, (_, unit) => unit).find((unit) => !found.includes(unit))!;
    found.push(given !== null && !found.includes(given) ? given : free);
  }
  return found;
}

export function colourBy(units: number, classes: number, properties: readonly string[] = []): ColourBy {
  const given = parameter('colour');
  if (given === 'error') return 'error';
  const unit = given?.startsWith('unit') ? wholeOf(given.slice(4), units) : null;
  if (unit !== null) return unit;
  const property = properties.findIndex((name) => colourOfProperty(name) === given);
  if (property !== -1) return { property };
  return classes > 1 || given === 'class' ? 'class' : 'error';
}

/** Classes that are not shown. */
export const hidden = (): Set<number> => new Set(numbers(parameter('hide')).filter((i) => i >= 0 && i < 256));

export const numbers = (text: string | null): number[] =>
  text === null || text === '' ? [] : text.split(',').map(Number).filter(Number.isFinite);

const waiting = new Map<string, string | number | null>();
let isWaiting = false;

/** Changes the address a moment later: browsers limit how often it may change, and a pointer moves more often. */
export function setSoon(given: Readonly<Record<string, string | number | null>>): void {
  for (const [name, value] of Object.entries(given)) waiting.set(name, value);
  const view = location.hash.split('?')[0];
  if (isWaiting) return;
  isWaiting = true;
  setTimeout(() => {
    isWaiting = false;
    const now = Object.fromEntries(waiting);
    waiting.clear();
    // Another view has been opened meanwhile.
    if (location.hash.split('?')[0] === view) writeParameters(now);
  }, 300);
}

/** Changes the address at once. What waits to be written under these names is dropped. */
export function setParameters(given: Readonly<Record<string, string | number | null>>): void {
  for (const name of Object.keys(given)) waiting.delete(name);
  writeParameters(given);
}

export { parameter };
