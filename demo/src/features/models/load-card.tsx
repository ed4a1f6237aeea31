import type { LoadProgress } from '@orilla/contract';
import { X } from 'lucide-react';
import { useId } from 'react';
import { useWords } from '../../i18n/language-provider.tsx';
import button from '../../styles/button.module.css';
import styles from './load-card.module.css';

interface LoadCardProps {
  readonly title: string;
  /** `null` before the first word of progress. */
  readonly progress: LoadProgress | null;
  onCancel(): void;
}

/** A model on its way into this browser: bytes, speed, time left, and a way to stop it. */
export function LoadCard({ title, progress, onCancel }: LoadCardProps) {
  const { model: words, formats } = useWords();
  const titleId = useId();
  const phase = progress?.phase ?? 'manifest';
  const heading = {
    waiting: words.checking,
    manifest: words.checking,
    download: words.downloading,
    paused: words.downloading,
    verify: words.checking,
    open: words.opening,
  }[phase](title);
  const isCounted = phase === 'download' && progress !== null;
  return (
    <section className={styles.card} aria-labelledby={titleId}>
      <div className={styles.head}>
        <h2 id={titleId} className={styles.title}>
          {heading}
        </h2>
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
      {isCounted ? (
        <progress
          className={styles.bar}
          aria-labelledby={titleId}
          value={progress.storedBytes}
          max={Math.max(1, progress.totalBytes)}
        />
      ) : (
        <progress className={styles.bar} aria-labelledby={titleId} />
      )}
      {isCounted && (
        <p className={styles.figures}>
          <span>{words.progress(progress.storedBytes, progress.totalBytes)}</span>
          {progress.bytesPerSecond > 0 && <span>{words.speed(progress.bytesPerSecond)}</span>}
          {progress.secondsLeft !== null && progress.secondsLeft > 0 && (
            <span>{words.timeLeft(progress.secondsLeft)}</span>
          )}
          <span className={styles.percent}>
            {formats.percent(progress.storedBytes / Math.max(1, progress.totalBytes))}
          </span>
        </p>
      )}
    </section>
  );
}
