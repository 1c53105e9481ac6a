import { Command, InvalidArgumentError, Option } from 'commander';
import type { Model } from '../../api.ts';
import { HourglassError } from '../../errors.ts';
import { wholeNumber } from '../arguments.ts';
import { type ClassFlag, withClass } from './class-flag.ts';
import { isLight, MODEL, requireFree, type UseFlags, useModel, withFormat, withOutput } from './frame.ts';

const HELP = `
Examples:
  hourglass manifold runs/vae-20261121-153000 --out manifold.png
  hourglass manifold vae20-20261121-153000 --units 3,7 --size 15 --out units-3-7.png
  hourglass manifold stacked-20261121-153000 --steps linear --range -4,4 --out plane.npy

Decodes a grid of points in the plane of two code units. Units are counted from 1; the others stay at their mean over
the training images' codes. Quantile steps have equal probability under the prior of a variational model, or under a
Gaussian with the mean and spread of the codes for other models.`;

interface ManifoldFlags extends UseFlags, ClassFlag {
  size: number;
  units?: [number, number];
  steps?: 'quantiles' | 'linear';
  range?: [number, number];
}

/** Two numbers separated by a comma. */
const pair =
  (of: (text: string) => number) =>
  (text: string): [number, number] => {
    const parts = text.split(',');
    if (parts.length !== 2) throw new InvalidArgumentError('It must be two numbers separated by a comma.');
    return [of(parts[0]!), of(parts[1]!)];
  };

const unit = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be two whole numbers; units are counted from 1.');
  return value;
};

const finite = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value))
    throw new InvalidArgumentError('It must be two numbers.');
  return value;
};

export function manifoldCommand(): Command {
  const command = new Command('manifold')
    .description('a plane of the code, decoded point by point')
    .argument('<model>', MODEL)
    .option('--size <n>', 'points along each axis', wholeNumber(2), 20)
    .addOption(
      new Option('--units <a,b>', 'the two units that vary, counted from 1 (default: 1,2)').argParser(
        pair(unit),
      ),
    )
    .addOption(
      new Option(
        '--steps <how>',
        'how the points are spaced (default: quantiles for variational models, else linear)',
      ).choices(['quantiles', 'linear']),
    )
    .addOption(
      new Option('--range <from,to>', 'the range of linear steps, for both units').argParser(pair(finite)),
    );
  withClass(command, 'the class to decode as');
  withFormat(
    withOutput(command, 'a .png picture with its axes, or .npy, [size, size, channels, height, width]'),
    ['sheet', 'npy'],
  );
  return command.addHelpText('after', HELP).action(async (given: string, flags: ManifoldFlags) => {
    const { destinationOf, manifold, saveManifold } = await import('../../api.ts');
    const { toldBatch } = await import('./told.ts');
    const destination = destinationOf(flags, ['sheet', 'npy']);
    await requireFree(destination);
    const { size, units, steps, range } = flags;
    await useModel(given, flags, { statistics: true, unit: 'points' }, async (use) => {
      if (units !== undefined) requireUnits(units, use.model);
      const plane = await manifold(toldBatch(use.model, flags), size, {
        ...(units === undefined ? {} : { units: [units[0] - 1, units[1] - 1] as const }),
        ...(steps === undefined ? {} : { steps }),
        ...(range === undefined ? {} : { range }),
      });
      use.count.add(plane.x.length * plane.y.length);
      const written = await saveManifold(destination, use.model, plane, await isLight(use.model));
      const { units: decoded, x, y, note } = plane;
      const about = { units: decoded, x, y, note };
      return { ...written, ...about };
    });
  });
}

/** The library counts units from 0, the command line from 1. */
function requireUnits(units: readonly [number, number], { info: { codeUnits, recipe } }: Model): void {
  if (units[0] !== units[1] && Math.max(...units) <= codeUnits) return;
  throw new HourglassError('usage', {
    subject: '--units',
    rule: `must be two of the ${codeUnits} that the code of ${recipe} has, counted from 1`,
    got: units.join(','),
  });
}
