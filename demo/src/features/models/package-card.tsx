import { decodeError, type EngineName } from '@orilla/contract';
import { Server } from 'lucide-react';
import { useId } from 'react';
import { useWords } from '../../i18n/language-provider.tsx';
import { ErrorCard } from '../errors/error-card.tsx';
import { toShownError } from '../errors/error-kind.ts';
import { blockedNote } from './blocked-note.ts';
import type { ModelRow } from './model-rows.ts';
import { PackageActions, type PackageCommands } from './package-actions.tsx';
import styles from './package-card.module.css';
import type { PackageTask } from './package-tasks.ts';
import { ProgressBar } from './progress-bar.tsx';
import { rowProgress, type rowState } from './row-state.ts';
import { StateBadge } from './state-badge.tsx';

/** How the engines call themselves, in every language. */
const engineTitles = { webllm: 'WebLLM', onnx: 'ONNX Runtime', llamacpp: 'llama.cpp' } as const satisfies Record<
  EngineName,
  string
>;

interface PackageCardProps {
  readonly row: ModelRow;
  readonly state: ReturnType<typeof rowState>;
  readonly task: PackageTask | null;
  readonly commands: PackageCommands;
}

/** One model: what it is, where it stands, how far it has come, and what can be done about it. */
export function PackageCard({ row, state, task, commands }: PackageCardProps) {
  const words = useWords();
  const titleId = useId();
  const { pkg, stored, fit, title, sharedWith } = row;
  const progress = rowProgress(row, state, task);
  const size = stored?.totalBytes || pkg?.bytes;
  const note =
    state === 'damaged' ? words.models.damaged(task?.damagedChunks ?? 0) : (words.models.stateNotes[state] ?? null);
  // What the reader did here last, else what became of the download, in whichever tab.
  const error =
    task?.error ?? (!task?.doing && stored?.error ? toShownError(decodeError(stored.error), 'device') : null);
  const isShownIntact = state === 'complete' && task?.doing === null && task.damagedChunks === 0;
  return (
    <li className={styles.item}>
      <article className={styles.card} data-row={row.key} aria-labelledby={titleId}>
        <div className={styles.head}>
          <h3 id={titleId} className={styles.title}>
            {title}
          </h3>
          <StateBadge state={state} />
        </div>
        {size !== undefined && (
          <p className={styles.facts}>
            <span>{words.formats.bytes(size)}</span>
            {pkg && <span>{engineTitles[pkg.engine]}</span>}
            {pkg && <span>{words.model.license(pkg.license)}</span>}
          </p>
        )}
        {sharedWith.length > 0 && (
          <p className={styles.note}>{words.models.sharedWith(words.formats.list(sharedWith))}</p>
        )}
        {fit?.verdict === 'blocked' && state !== 'server-only' && (
          <p className={styles.note}>
            <Server size={16} aria-hidden="true" />
            {blockedNote(fit, words)}
          </p>
        )}
        {(progress || state === 'checking') && <ProgressBar progress={progress} labelledBy={titleId} />}
        {note && <p className={styles.note}>{note}</p>}
        {isShownIntact && <p className={styles.note}>{words.models.intact}</p>}
        {task?.doing === 'export' && <p className={styles.note}>{words.models.exporting}</p>}
        {error && (
          <ErrorCard
            error={error}
            onRetry={
              error.isRetryable && (state === 'absent' || state === 'incomplete')
                ? () => commands.download(row)
                : undefined
            }
          />
        )}
        <PackageActions row={row} state={state} commands={commands} />
      </article>
    </li>
  );
}
