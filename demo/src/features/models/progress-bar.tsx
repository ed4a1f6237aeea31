import type { LoadProgress } from '@orilla/contract';
import { useWords } from '../../i18n/language-provider.tsx';
import styles from './progress-bar.module.css';

interface ProgressBarProps {
  /** `null` before the first word of progress. */
  readonly progress: LoadProgress | null;
  /** Id of what names the bar. */
  readonly labelledBy: string;
}

/** How far something is: bytes, speed and time left where they are known, else that it is under way. */
export function ProgressBar({ progress, labelledBy }: ProgressBarProps) {
  const { model: words, models, formats } = useWords();
  if (!progress || !isCounted(progress)) return <progress className={styles.bar} aria-labelledby={labelledBy} />;
  const { phase, storedBytes, totalBytes, bytesPerSecond, secondsLeft } = progress;
  const isMoving = phase === 'download' || phase === 'verify';
  return (
    <>
      <progress
        className={`${styles.bar} ${isMoving ? '' : styles.still}`}
        aria-labelledby={labelledBy}
        value={storedBytes}
        max={Math.max(1, totalBytes)}
      />
      <p className={styles.figures}>
        <span>{(phase === 'verify' ? models.checked : words.progress)(storedBytes, totalBytes)}</span>
        {isMoving && bytesPerSecond > 0 && <span>{words.speed(bytesPerSecond)}</span>}
        {isMoving && secondsLeft !== null && secondsLeft > 0 && <span>{words.timeLeft(secondsLeft)}</span>}
        <span className={styles.percent}>{formats.percent(storedBytes / Math.max(1, totalBytes))}</span>
      </p>
    </>
  );
}

/** Where bytes are counted. What only waits may have some already. */
function isCounted({ phase, storedBytes }: LoadProgress): boolean {
  return phase === 'download' || phase === 'verify' || phase === 'paused' || (phase === 'waiting' && storedBytes > 0);
}
