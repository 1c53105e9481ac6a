/** The tags of a run: removed by their button, added by a word and Enter. */
import { useState } from 'preact/hooks';
import type { RunEntry } from '../../../src/studio/protocol.ts';

export interface TagsProps {
  readonly run: RunEntry;
  readonly onTags: (tags: readonly string[]) => Promise<void>;
}

export function Tags({ run, onTags }: TagsProps) {
  const [adding, setAdding] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const change = async (tags: readonly string[]) => {
    try {
      await onTags(tags);
      setProblem(null);
      setAdding(false);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <span class="tags">
      {run.tags.map((tag) => (
        <span key={tag} class="tag">
          {tag}
          <button
            type="button"
            aria-label={`Remove the tag ${tag} of ${run.name}`}
            onClick={() => change(run.tags.filter((each) => each !== tag))}
          >
            ×
          </button>
        </span>
      ))}
      {adding ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            const tag = new FormData(event.currentTarget).get('tag')?.toString().trim() ?? '';
            if (tag === '') setAdding(false);
            else change([...new Set([...run.tags, tag])]);
          }}
        >
          <input
            name="tag"
            aria-label={`A tag for ${run.name}`}
            maxLength={64}
            ref={(input) => input?.focus()}
            onKeyDown={({ key }) => key === 'Escape' && setAdding(false)}
          />
        </form>
      ) : (
        run.broken === null && (
          <button
            type="button"
            class="add"
            aria-label={`Add a tag to ${run.name}`}
            onClick={() => setAdding(true)}
          >
            + tag
          </button>
        )
      )}
      {problem !== null && (
        <span class="failed" role="alert">
          {problem}
        </span>
      )}
    </span>
  );
}
