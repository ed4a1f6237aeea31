import { FileInput, X } from 'lucide-react';
import { useId, useRef } from 'react';
import { useWords } from '../../i18n/language-provider.tsx';
import button from '../../styles/button.module.css';
import { ErrorCard } from '../errors/error-card.tsx';
import type { ImportTask } from '../models/package-tasks.ts';
import { ProgressBar } from '../models/progress-bar.tsx';
import styles from './import-file.module.css';

interface ImportFileProps {
  readonly importing: ImportTask | null;
  onFile(file: File): void;
  /** Ends it, or takes its card away. */
  onStop(): void;
}

/** Takes a model from a file that was exported, for devices without a network. */
export function ImportFile({ importing, onFile, onStop }: ImportFileProps) {
  const { models: words, model } = useWords();
  const input = useRef<HTMLInputElement>(null);
  const titleId = useId();
  const hintId = useId();
  return (
    <div className={styles.import}>
      <div className={styles.choice}>
        <button
          type="button"
          className={`${button.button} ${button.secondary}`}
          aria-describedby={hintId}
          onClick={() => input.current?.click()}
        >
          <FileInput size={17} aria-hidden="true" />
          {words.import}
        </button>
        <p id={hintId} className={styles.hint}>
          {words.importHint}
        </p>
        <input
          ref={input}
          type="file"
          accept=".tar,application/x-tar"
          hidden
          onChange={({ currentTarget }) => {
            const [file] = currentTarget.files ?? [];
            currentTarget.value = ''; // so that the same file can be chosen again
            if (file) onFile(file);
          }}
        />
      </div>
      {importing && !importing.error && (
        <section className={styles.running} aria-labelledby={titleId}>
          <div className={styles.head}>
            <h2 id={titleId} className={styles.title}>
              {words.importing(importing.fileName)}
            </h2>
            <button type="button" className={`${button.button} ${button.quiet}`} onClick={onStop}>
              <X size={16} aria-hidden="true" />
              {model.cancel}
            </button>
          </div>
          <ProgressBar progress={importing.progress} labelledBy={titleId} />
        </section>
      )}
      {importing?.error && (
        <ErrorCard error={importing.error}>
          <button type="button" className={`${button.button} ${button.secondary}`} onClick={onStop}>
            {words.close}
          </button>
        </ErrorCard>
      )}
    </div>
  );
}
