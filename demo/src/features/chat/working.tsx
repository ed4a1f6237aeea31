import styles from './working.module.css';

/** Something is being done and there is nothing to count: a line of water that moves, and a word. */
export function Working({ label }: { readonly label: string }) {
  return (
    <p className={styles.working}>
      <svg width="44" height="12" viewBox="0 0 44 12" aria-hidden="true">
        <path d="M-20 6c5 0 5-4 10-4s5 4 10 4 5-4 10-4 5 4 10 4 5-4 10-4 5 4 10 4 5-4 10-4 5 4 10 4" />
      </svg>
      {label}
    </p>
  );
}
