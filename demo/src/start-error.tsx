import { ErrorCard } from './features/errors/error-card.tsx';
import { toShownError } from './features/errors/error-kind.ts';
import styles from './start-error.module.css';

/** What there is to see where the page can't start. */
export function StartError({ error }: { readonly error: unknown }) {
  return (
    <main className={styles.start}>
      <ErrorCard error={toShownError(error, 'organization')} onRetry={() => location.reload()} />
    </main>
  );
}
