import { WifiOff } from 'lucide-react';
import { useWords } from '../../i18n/language-provider.tsx';
import button from '../../styles/button.module.css';
import styles from './notices.module.css';
import { useOnline } from './use-online.ts';

/** A newer version of the page, or no connection: said in one line, without getting in the way. */
export function Notices({ applyUpdate }: { readonly applyUpdate: (() => void) | null }) {
  const { page: words } = useWords();
  const isOnline = useOnline();
  return (
    <div role="status">
      {!isOnline && (
        <p className={styles.notice}>
          <WifiOff size={16} aria-hidden="true" />
          {words.offline}
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
