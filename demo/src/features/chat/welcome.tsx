import type { ReactNode } from 'react';
import { useWords } from '../../i18n/language-provider.tsx';
import { Chart } from './chart.tsx';
import styles from './welcome.module.css';

interface WelcomeProps {
  /** The model: what it is, or how far its download has come. */
  readonly children: ReactNode;
  onSuggestion(question: string): void;
}

/** What a newcomer sees: what this is, what it costs to have it here, and something to ask. */
export function Welcome({ children, onSuggestion }: WelcomeProps) {
  const { welcome: words } = useWords();
  return (
    <div className={styles.welcome}>
      <Chart />
      <div className={styles.column}>
        <h1 className={styles.headline}>{words.headline}</h1>
        <p className={styles.lead}>{words.lead}</p>
        <div className={styles.model}>{children}</div>
        <section className={styles.suggestions} aria-label={words.tryAsking}>
          <h2 className={styles.try}>{words.tryAsking}</h2>
          <ul>
            {words.suggestions.map((question) => (
              <li key={question}>
                <button type="button" lang={words.suggestionsLanguage} onClick={() => onSuggestion(question)}>
                  {question}
                </button>
              </li>
            ))}
          </ul>
        </section>
      </div>
    </div>
  );
}
