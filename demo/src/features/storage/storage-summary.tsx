import { ShieldCheck, ShieldQuestionMark } from 'lucide-react';
import { type CSSProperties, useId } from 'react';
import { useWords } from '../../i18n/language-provider.tsx';
import styles from './storage-summary.module.css';
import type { StorageRoom } from './use-storage-room.ts';

interface StorageSummaryProps {
  /** Of all packages, complete or not. The browser's own count of them may lag, and has the page itself in it. */
  readonly storedBytes: number;
  /** `null` where the browser does not tell. */
  readonly room: StorageRoom | null;
  readonly isKept: boolean;
  /** What all packages may take together; `undefined` where the app sets no bound. */
  readonly budgetBytes: number | undefined;
}

/** How much the models take, how much room there is, and whether the browser keeps them. */
export function StorageSummary({ storedBytes, room, isKept, budgetBytes }: StorageSummaryProps) {
  const { storage: words } = useWords().models;
  const freeBytes = room ? Math.max(0, room.quotaBytes - room.usageBytes) : 0;
  const totalBytes = Math.max(1, storedBytes + freeBytes);
  const titleId = useId();
  const Shield = isKept ? ShieldCheck : ShieldQuestionMark;
  return (
    <section className={styles.summary} aria-labelledby={titleId}>
      <h2 id={titleId} className={styles.title}>
        {words.title}
      </h2>
      {room && (
        <meter
          className={styles.meter}
          aria-labelledby={titleId}
          value={storedBytes}
          max={totalBytes}
          // React types no custom properties.
          style={{ '--share': `${(100 * storedBytes) / totalBytes}%` } as CSSProperties}
        >
          {words.used(storedBytes)}
        </meter>
      )}
      <p className={styles.figures}>
        <span>{words.used(storedBytes)}</span>
        <span>{room ? words.free(freeBytes) : words.unknown}</span>
      </p>
      <p className={styles.kept}>
        <Shield size={16} aria-hidden="true" />
        {isKept ? words.kept : words.notKept}
      </p>
      {budgetBytes !== undefined && <p>{words.budget(budgetBytes)}</p>}
    </section>
  );
}
