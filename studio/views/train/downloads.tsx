/** What a finished run leaves to keep: its model, its recipe, its report. */
import { useState } from 'preact/hooks';
import type { Host } from '../../host/host.ts';
import { fileName, save } from '../../parts/downloads.ts';

const FILES = [
  { what: 'model', title: 'Model', ending: '-model.zip' },
  { what: 'recipe', title: 'Recipe', ending: '.json' },
  { what: 'report', title: 'Report', ending: '-report.html' },
] as const;

export function Downloads({ host, id, name }: { host: Host; id: string; name: string }) {
  const [problem, setProblem] = useState<string | null>(null);
  const download = async ({ what, title, ending }: (typeof FILES)[number]) => {
    setProblem(null);
    try {
      const file = await host.download(id, what);
      if (file === null) throw new Error(`${title}: this run has none.`);
      save(file, fileName(name) + ending);
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  return (
    <p class="next">
      Download{' '}
      {FILES.filter(({ what }) => what !== 'report' || host.kind === 'node').map((file) => (
        <button
          key={file.what}
          type="button"
          aria-label={`Download the ${file.what}`}
          onClick={() => void download(file)}
        >
          {file.title}
        </button>
      ))}
      {problem !== null && (
        <span class="failed" role="alert">
          {problem}
        </span>
      )}
    </p>
  );
}
