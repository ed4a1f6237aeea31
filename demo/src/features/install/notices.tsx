import { WifiOff } from 'lucide-react';
import { useWords } from '../../i18n/language-provider.tsx';
import button from '../../styles/button.module.css';
import styles from './notices.module.css';
import type { PageUpdate } from './register-service-worker.ts';
import { useOnline } from './use-online.ts';

interface NoticesProps {
  /** Whether the chosen model is in this browser. */
  readonly hasModel: boolean;
  /** The newer version of the page; `null` where there is none. */
  readonly update: PageUpdate | null;
}

/** A newer version of the page, or no connection: said in one line, without getting in the way. */
export function Notices({ hasModel, update }: NoticesProps) {
  const { page: words } = useWords();
  const isOnline = useOnline();
  return (
    <div role="status">
      {!isOnline && (
        <p className={styles.notice}>
          <WifiOff size={16} aria-hidden="true" />
          {hasModel ? words.offline : words.offlineWithoutModel}
        </p>
      )}
      {update && (
        <p className={styles.notice}>
          {update.isDone ? words.updateDone : words.updateReady}
          <button type="button" className={`${button.button} ${button.quiet}`} onClick={update.apply}>
            {words.reload}
          </button>
        </p>
      )}
    </div>
  );
}
