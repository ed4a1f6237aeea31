import { ErrorCard } from './features/errors/error-card.tsx';
import { toShownError } from './features/errors/error-kind.ts';
import { type RegisterForUpdates, useUpdate } from './features/install/use-update.ts';
import { useTitle, useWords } from './i18n/language-provider.tsx';
import styles from './start-error.module.css';

interface StartErrorProps {
  readonly error: unknown;
  /** Also where nothing else works: a newer version may be what mends it. */
  readonly registerForUpdates: RegisterForUpdates;
}

/** What there is to see where the page can't start. */
export function StartError({ error, registerForUpdates }: StartErrorProps) {
  const { page: words } = useWords();
  const update = useUpdate(registerForUpdates);
  useTitle(words.title);
  return (
    <main className={styles.start}>
      <ErrorCard
        error={toShownError(error, 'organization')}
        onRetry={() => (update ? update.apply() : location.reload())}
      />
    </main>
  );
}
