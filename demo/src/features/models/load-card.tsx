import type { LoadProgress } from '@orilla/contract';
import { Play, X } from 'lucide-react';
import { useId } from 'react';
import { useWords } from '../../i18n/language-provider.tsx';
import button from '../../styles/button.module.css';
import styles from './load-card.module.css';
import { ProgressBar } from './progress-bar.tsx';

interface LoadCardProps {
  readonly title: string;
  /** `null` before the first word of progress. */
  readonly progress: LoadProgress | null;
  onCancel(): void;
  onResume(): void;
}

/** A model on its way into this browser: bytes, speed, time left, and a way to stop it, or to go on with it. */
export function LoadCard({ title, progress, onCancel, onResume }: LoadCardProps) {
  const { model: words } = useWords();
  const titleId = useId();
  const phase = progress?.phase ?? 'manifest';
  const heading = {
    waiting: words.waiting,
    manifest: words.checking,
    download: words.downloading,
    paused: words.paused,
    verify: words.verifying,
    open: words.opening,
  }[phase](title);
  return (
    <section className={styles.card} aria-labelledby={titleId}>
      <div className={styles.head}>
        <h2 id={titleId} className={styles.title}>
          {heading}
        </h2>
        <div className={styles.ways}>
          {phase === 'paused' && (
            <button
              type="button"
              className={`${button.button} ${button.quiet}`}
              aria-label={words.resumeDownload}
              onClick={onResume}
            >
              <Play size={16} aria-hidden="true" />
              {words.resume}
            </button>
          )}
          <button
            type="button"
            className={`${button.button} ${button.quiet}`}
            aria-label={words.cancelDownload}
            onClick={onCancel}
          >
            <X size={16} aria-hidden="true" />
            {words.cancel}
          </button>
        </div>
      </div>
      <ProgressBar progress={progress} labelledBy={titleId} />
      {phase === 'waiting' && <p className={styles.note}>{words.waitingWhy}</p>}
    </section>
  );
}
