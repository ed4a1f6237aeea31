import { useEffect, useId, useRef } from 'react';
import { useWords } from '../../i18n/language-provider.tsx';
import button from '../../styles/button.module.css';
import type { ModelRow } from './model-rows.ts';
import styles from './remove-dialog.module.css';
import type { RowState } from './row-state.ts';

interface RemoveDialogProps {
  readonly row: ModelRow;
  /** Where it stood when the reader asked: a download is cancelled, what is here is deleted. */
  readonly state: RowState;
  onConfirm(): void;
  /** Whatever the answer was. */
  onClose(): void;
}

/** Asks before anything is lost, and says how much. The focus begins on what keeps it, and goes back to where it was. */
export function RemoveDialog({ row, state, onConfirm, onClose }: RemoveDialogProps) {
  const { models: words, formats } = useWords();
  const titleId = useId();
  const textId = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const isCancel = state === 'downloading' || state === 'waiting';
  const text = isCancel ? words.cancelDownload : words.remove;
  const bytes = row.stored?.bytes ?? 0;
  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-labelledby={titleId}
      aria-describedby={textId}
      onClose={onClose}
    >
      <h2 id={titleId} className={styles.title}>
        {text.title(row.title)}
      </h2>
      <div id={textId} className={styles.text}>
        <p>{isCancel ? words.cancelDownload.deletes(bytes) : words.remove.frees(bytes)}</p>
        {row.sharedWith.length > 0 && <p>{words.remove.alsoOf(formats.list(row.sharedWith))}</p>}
        {!isCancel && <p>{words.remove.again}</p>}
      </div>
      <form method="dialog" className={styles.ways}>
        <button type="submit" className={`${button.button} ${button.secondary}`}>
          {text.keep}
        </button>
        <button type="submit" className={`${button.button} ${styles.confirm}`} onClick={onConfirm}>
          {text.confirm}
        </button>
      </form>
    </dialog>
  );
}
