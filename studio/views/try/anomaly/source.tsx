/** Where the images to score come from. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { RunEntry } from '../../../../src/studio/protocol.ts';
import { parameter, setParameters } from '../../../address.ts';
import type { Host } from '../../../host/host.ts';
import { imagesOf } from '../../../parts/samples.ts';
import { type Loaded, problemOf } from '../loaded.ts';
import { useDropAndPaste } from '../pictures/sources.tsx';
import { type FileAt, filesOf, filesOfList, type Given, readFiles } from './given.ts';

export interface Source {
  readonly given: Given | null;
  readonly problems: readonly string[];
  /** Files read so far; null if none are being read. */
  readonly reading: { readonly read: number; readonly of: number } | null;
  take(files: readonly FileAt[]): void;
  /** Back to images of a run. */
  drop(): void;
}

export function useGiven(host: Host, runs: readonly RunEntry[], loaded: Loaded): Source {
  const from = parameter('from');
  const [files, setFiles] = useState<{ given: Given | null; problems: readonly string[] } | null>(null);
  const [reading, setReading] = useState<Source['reading']>(null);
  const newest = useRef(0);
  const other = useOther(host, loaded, from, runs.find(({ id }) => id === from)?.name ?? 'that run');
  const take = (taken: readonly FileAt[]) => {
    if (taken.length === 0) return;
    const mine = ++newest.current;
    const isCurrent = () => newest.current === mine;
    setReading({ read: 0, of: taken.length });
    readFiles(taken, loaded, (read) => isCurrent() && setReading({ read, of: taken.length }), isCurrent).then(
      (read) => {
        if (!isCurrent()) return;
        setReading(null);
        // Files that cannot be read leave what was there.
        setFiles((before) =>
          read.given === null ? { given: before?.given ?? null, problems: read.problems } : read,
        );
        setParameters({ at: null, page: null, threshold: parameter('threshold') });
      },
    );
  };
  return {
    given: files?.given ?? other.given,
    problems: [
      ...(files?.problems ?? []),
      ...(files?.given || other.problem === null ? [] : [other.problem]),
    ],
    reading,
    take,
    drop: () => setFiles(null),
  };
}

/** Images of this run, or of another one that has images of the same size. */
function useOther(host: Host, loaded: Loaded, from: string | null, name: string) {
  const own = loaded.images;
  const [found, setFound] = useState<{ given: Given | null; problem: string | null }>({
    given: null,
    problem: null,
  });
  useEffect(() => {
    if (from === null) {
      setFound(
        own === null
          ? { given: null, problem: `The run’s test images cannot be had: ${loaded.imagesProblem}.` }
          : {
              given: { ...own, names: null, words: `${own.count.toLocaleString('en')} test images` },
              problem: null,
            },
      );
      return;
    }
    let current = true;
    imagesOf(host, from, 'test').then(
      (set) => {
        if (!current) return;
        const { channels, height, width } = loaded.model.info.image;
        const fits = set.channels === channels && set.height === height && set.width === width;
        const words = `${set.count.toLocaleString('en')} test images of ${name}`;
        setFound(
          fits
            ? { given: { ...set, names: null, words }, problem: null }
            : {
                given: null,
                problem: `The images of ${name} are of another size than this model’s: ${set.width} × ${set.height}.`,
              },
        );
      },
      (error) =>
        current &&
        setFound({ given: null, problem: `The images of ${name} cannot be had: ${problemOf(error)}.` }),
    );
    return () => {
      current = false;
    };
  }, [host, loaded, from, own]);
  return found;
}

export function ImagesChoice({
  source,
  runs,
  loaded,
}: {
  source: Source;
  runs: readonly RunEntry[];
  loaded: Loaded;
}) {
  const [isOver, setOver] = useState(false);
  useDropAndPaste((files, items) => {
    if (items === null) source.take(files.map((file) => ({ file, path: file.name })));
    else void filesOf(items).then(source.take);
  }, setOver);
  const { given, reading, problems } = source;
  const own = given !== null && given.names !== null;
  const choose = (input: HTMLInputElement) => {
    source.take(filesOfList(input.files));
    input.value = '';
  };
  return (
    <div class={`images-choice${isOver ? ' over' : ''}`}>
      <label>
        Images{' '}
        <select
          value={own ? 'files' : (parameter('from') ?? '')}
          onChange={({ currentTarget }) => {
            if (currentTarget.value === 'files') return;
            source.drop();
            setParameters({ from: currentTarget.value || null, at: null, page: null, normal: null });
          }}
        >
          <option value="">test images of this run</option>
          {runs
            .filter(({ id }) => id !== loaded.run.id)
            .map(({ id, name, dataset }) => (
              <option key={id} value={id}>{`test images of ${name} (${dataset})`}</option>
            ))}
          {own && <option value="files">{given.words}</option>}
        </select>
      </label>
      <div class="files">
        <label class="file">
          <span>Your own: drop pictures or a folder anywhere here, or choose files</span>
          <input
            type="file"
            accept="image/*"
            multiple
            onChange={({ currentTarget }) => choose(currentTarget)}
          />
        </label>
        <label class="file">
          <span>or a folder; folders below it are classes</span>
          <input
            type="file"
            {...{ webkitdirectory: true }}
            onChange={({ currentTarget }) => choose(currentTarget)}
          />
        </label>
      </div>
      {reading !== null && (
        <p role="status">{`Reading pictures: ${reading.read.toLocaleString('en')} of ${reading.of.toLocaleString('en')}`}</p>
      )}
      {problems.map((problem) => (
        <p key={problem} class="failed" role="alert">
          {problem}
        </p>
      ))}
    </div>
  );
}
