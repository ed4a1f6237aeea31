import {
  CircleCheck,
  CircleDashed,
  CloudDownload,
  Download,
  Hourglass,
  type LucideIcon,
  Pause,
  ScanSearch,
  Server,
  TriangleAlert,
} from 'lucide-react';
import { useWords } from '../../i18n/language-provider.tsx';
import type { RowState } from './row-state.ts';
import styles from './state-badge.module.css';

const looks: Readonly<Record<RowState, { readonly icon: LucideIcon; readonly tone: string | undefined }>> = {
  'server-only': { icon: Server, tone: styles.land },
  absent: { icon: CloudDownload, tone: styles.plain },
  downloading: { icon: Download, tone: styles.water },
  waiting: { icon: Hourglass, tone: styles.plain },
  paused: { icon: Pause, tone: styles.plain },
  incomplete: { icon: CircleDashed, tone: styles.plain },
  damaged: { icon: TriangleAlert, tone: styles.caution },
  checking: { icon: ScanSearch, tone: styles.water },
  complete: { icon: CircleCheck, tone: styles.water },
};

/** Where a package stands, in a word. */
export function StateBadge({ state }: { readonly state: RowState }) {
  const { models: words } = useWords();
  const { icon: Icon, tone } = looks[state];
  return (
    <p className={`${styles.badge} ${tone}`} data-state={state}>
      <Icon size={15} aria-hidden="true" />
      {words.states[state]}
    </p>
  );
}
