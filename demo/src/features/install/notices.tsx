import { WifiOff } from 'lucide-react';
import { useWords } from '../../i18n/language-provider.tsx';
import button from '../../styles/button.module.css';
import styles from './notices.module.css';
import { useOnline } from './use-online.ts';

interface NoticesProps {
  /** Whether the chosen model is in this browser. */
  readonly hasModel: boolean;
  /** Changes to the newer version of the page; `null` where there is none. */
  readonly applyUpdate: (() => void) | null;
}

/** A newer version of the page, or no connection: said in one line, without getting in the way. */
export function Notices({ hasModel, applyUpdate }: NoticesProps) {
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
      {applyUpdate && (
        <p className={styles.notice}>
          {words.updateReady}
          <button type="button" className={`${button.button} ${button.quiet}`} onClick={applyUpdate}>
            {words.reload}
          </button>
        </p>
      )}
    </div>
  );
}
