import type { ReactNode } from 'react';
import styles from './shore.module.css';

/** The water's edge: the answers lie above it, what the reader writes below. */
export function Shore({ children }: { readonly children: ReactNode }) {
  return (
    <div className={styles.shore}>
      <svg className={styles.edge} viewBox="0 0 1440 28" preserveAspectRatio="none" aria-hidden="true">
        <path d="M0 28V16C170 2 330 4 520 13s330 12 500 2 290-14 420-3V28Z" />
        <path className={styles.line} d="M0 16C170 2 330 4 520 13s330 12 500 2 290-14 420-3" />
      </svg>
      <div className={styles.column}>{children}</div>
    </div>
  );
}
