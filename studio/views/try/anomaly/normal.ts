/** Which classes count as normal: those of the address, else those that the model was trained on. */
import { useEffect, useState } from 'preact/hooks';
import { parameter, setParameters } from '../../../address.ts';
import type { Host } from '../../../host/host.ts';
import { imagesOf } from '../../../parts/samples.ts';
import type { Loaded } from '../loaded.ts';
import type { Given } from './given.ts';

/** Training images are only fetched for their classes where there are few of them. */
const FEW = 3000;

export function useNormal(host: Host, loaded: Loaded, given: Given | null) {
  const trained = useTrainedClasses(host, loaded);
  const text = parameter('normal');
  const classes = given?.classes ?? [];
  const byAddress = text === null ? null : text.split(',').filter((name) => name !== '');
  // A model that learned all classes says nothing of which are unusual: the user does.
  const isPart = trained !== null && classes.some((name) => !trained.includes(name));
  const names = byAddress ?? (isPart ? trained : []);
  const normal: ReadonlySet<number> = new Set([...classes.keys()].filter((i) => names.includes(classes[i]!)));
  const setNormal = (next: ReadonlySet<number>) => {
    // An empty list is a choice, too.
    setParameters({ normal: [...next].map((i) => classes[i]).join(',') });
  };
  return { normal, setNormal };
}

/** The classes that a run learned, where the recipe or its images say so. */
function useTrainedClasses(host: Host, { run, images, model }: Loaded): readonly string[] | null {
  const [found, setFound] = useState<readonly string[] | null>(() =>
    named(run.config, model.info.metadata.classes),
  );
  useEffect(() => {
    if (found !== null || images === null || images.count > FEW || images.classes.length < 2) return;
    let current = true;
    imagesOf(host, run.id, 'train').then(
      (training) => {
        const seen = new Set(training.labels);
        if (current) setFound([...seen].map((label) => training.classes[label]!));
      },
      // Then the user chooses.
      () => {},
    );
    return () => {
      current = false;
    };
  }, [host, run.id]);
  return found;
}

/** `data.classes` of a recipe: names, or places in the list of all classes. */
function named(config: Readonly<Record<string, unknown>>, all: string | undefined): readonly string[] | null {
  const { classes } = (config.data ?? {}) as { classes?: readonly (string | number)[] | null };
  if (!Array.isArray(classes)) return null;
  const names = JSON.parse(all ?? '[]') as string[];
  return classes.map((each) => (typeof each === 'number' ? (names[each] ?? String(each)) : each));
}
