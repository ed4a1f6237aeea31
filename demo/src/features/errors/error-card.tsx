import { RotateCw, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useWords } from '../../i18n/language-provider.tsx';
import button from '../../styles/button.module.css';
import styles from './error-card.module.css';
import type { ShownError } from './error-kind.ts';

interface ErrorCardProps {
  readonly error: ShownError;
  onRetry?: (() => void) | undefined;
  /** Other ways out, as buttons. */
  readonly children?: ReactNode;
}

/** What happened, why, what to do: in the reader's language. The library's own sentence is there for who wants to report it. */
export function ErrorCard({ error, onRetry, children }: ErrorCardProps) {
  const words = useWords();
  const text = words.errors[error.kind];
  return (
    <div className={styles.card} role="alert">
      <TriangleAlert className={styles.sign} size={20} aria-hidden="true" />
      <div className={styles.text}>
        <p className={styles.what}>{text.what}</p>
        <p>{text.why}</p>
        <p>{text.advice}</p>
        {(onRetry || children) && (
          <div className={styles.ways}>
            {onRetry && (
              <button type="button" className={`${button.button} ${button.secondary}`} onClick={onRetry}>
                <RotateCw size={16} aria-hidden="true" />
                {words.chat.retry}
              </button>
            )}
            {children}
          </div>
        )}
        <details className={styles.detail}>
          <summary>{words.errorDetail}</summary>
          <p lang="en">
            <code>{error.code}</code>
            {error.message !== null && ` ${error.message}`}
          </p>
        </details>
      </div>
    </div>
  );
}
