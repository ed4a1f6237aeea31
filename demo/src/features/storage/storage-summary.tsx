import { ShieldCheck, ShieldQuestionMark } from 'lucide-react';
import { useId } from 'react';
import { useWords } from '../../i18n/language-provider.tsx';
import styles from './storage-summary.module.css';
import type { StorageRoom } from './use-storage-room.ts';

interface StorageSummaryProps {
  /** `null` where the browser does not tell. */
  readonly room: StorageRoom | null;
  readonly isKept: boolean;
  /** What all packages may take together; `undefined` where the app sets no bound. */
  readonly budgetBytes: number | undefined;
}

/** How much this page stores, how much more it may, and whether the browser keeps it. */
export function StorageSummary({ room, isKept, budgetBytes }: StorageSummaryProps) {
  const { models, formats } = useWords();
  const words = models.storage;
  const titleId = useId();
  const Shield = isKept ? ShieldCheck : ShieldQuestionMark;
  return (
    <section className={styles.summary} aria-labelledby={titleId}>
      <h2 id={titleId} className={styles.title}>
        {words.title}
      </h2>
      {room ? (
        <>
          <meter className={styles.meter} aria-labelledby={titleId} value={room.usageBytes} max={room.quotaBytes}>
            {formats.percent(room.usageBytes / Math.max(1, room.quotaBytes))}
          </meter>
          <p className={styles.figures}>
            <span>{words.used(room.usageBytes)}</span>
            <span>{words.free(Math.max(0, room.quotaBytes - room.usageBytes))}</span>
          </p>
        </>
      ) : (
        <p>{words.unknown}</p>
      )}
      <p className={styles.kept}>
        <Shield size={16} aria-hidden="true" />
        {isKept ? words.kept : words.notKept}
      </p>
      {budgetBytes !== undefined && <p>{words.budget(budgetBytes)}</p>}
    </section>
  );
}
