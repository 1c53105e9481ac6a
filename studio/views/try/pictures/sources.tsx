/** Where a picture comes from, if it is not drawn: a file, the clipboard, the test images. */
import { useEffect, useState } from 'preact/hooks';
import { type Loaded, problemOf } from '../loaded.ts';
import { type ReadPicture, readPicture } from './read.ts';

export interface SourcesProps {
  readonly loaded: Loaded;
  /** The number of the test image that is shown, from 0; null if none is. */
  readonly place: number | null;
  onFile(picture: ReadPicture): void;
  onTestImage(place: number): void;
}

export function Sources({ loaded, place, onFile, onTestImage }: SourcesProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const [isOver, setOver] = useState(false);
  const take = async (files: readonly File[]) => {
    const [file] = files;
    if (file === undefined) return;
    try {
      onFile(await readPicture(file, file.name || 'the pasted picture'));
      const others = files.length - 1;
      setProblem(
        others === 0
          ? null
          : `Only the first of ${files.length} files was taken. “Anomalies” looks at many together.`,
      );
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  useDropAndPaste(take, setOver);
  return (
    <div class={`sources${isOver ? ' over' : ''}`}>
      <TestImage loaded={loaded} place={place} onTestImage={onTestImage} />
      <label class="file">
        <span>A picture of your own: drop or paste it anywhere here, or choose a file</span>
        <input
          type="file"
          accept="image/*"
          onChange={({ currentTarget }) => {
            void take([...(currentTarget.files ?? [])]);
            // The same file can be chosen again.
            currentTarget.value = '';
          }}
        />
      </label>
      {problem !== null && (
        <p class="failed" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

function TestImage({ loaded, place, onTestImage }: Pick<SourcesProps, 'loaded' | 'place' | 'onTestImage'>) {
  const { images, imagesProblem } = loaded;
  if (images === null) return <p class="hint">{`The run’s test images cannot be had: ${imagesProblem}`}</p>;
  const last = images.count - 1;
  const to = (next: number) => onTestImage(Math.min(last, Math.max(0, Math.round(next))));
  const name = place === null ? '' : images.classes[images.labels[place]!];
  return (
    <div class="test-image">
      <label>
        {`Test image, 0 to ${last}`}{' '}
        <input
          type="number"
          min={0}
          max={last}
          value={place ?? ''}
          onInput={({ currentTarget }) => {
            if (currentTarget.value !== '') to(Number(currentTarget.value));
          }}
        />
      </label>
      <button type="button" onClick={() => to(Math.floor(Math.random() * images.count))}>
        Any
      </button>
      {place !== null && images.classes.length > 1 && <span>{`class ${name}`}</span>}
    </div>
  );
}

/** Files that are dropped anywhere on the page, or pasted. */
export function useDropAndPaste(
  take: (files: readonly File[], items: DataTransferItemList | null) => void,
  setOver: (isOver: boolean) => void,
): void {
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      take([...(event.dataTransfer?.files ?? [])], event.dataTransfer?.items ?? null);
    };
    const paste = ({ clipboardData }: ClipboardEvent) => {
      const files = [...(clipboardData?.files ?? [])];
      if (files.length > 0) take(files, null);
    };
    addEventListener('dragover', over);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    addEventListener('paste', paste);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
      removeEventListener('paste', paste);
    };
  });
}
