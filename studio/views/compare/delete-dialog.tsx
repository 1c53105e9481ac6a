/** Asks before a run is deleted. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { RunEntry } from '../../../src/studio/protocol.ts';

export interface DeleteDialogProps {
  readonly run: RunEntry;
  readonly onDelete: () => Promise<void>;
  readonly onClose: () => void;
}

export function DeleteDialog({ run, onDelete, onClose }: DeleteDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => dialog.current!.showModal(), []);
  const remove = async () => {
    setBusy(true);
    try {
      await onDelete();
      dialog.current?.close();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  };
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="delete-title">
      <h2 id="delete-title">{`Delete ${run.name}?`}</h2>
      <p>Its model, curves, report and checkpoints are deleted. This cannot be undone.</p>
      {problem !== null && (
        <p class="failed" role="alert">
          {problem}
        </p>
      )}
      <div class="buttons">
        <button type="button" onClick={() => dialog.current!.close()}>
          Keep it
        </button>
        <button type="button" class="danger" disabled={busy} onClick={remove}>
          {busy ? 'Deleting …' : 'Delete'}
        </button>
      </div>
    </dialog>
  );
}
