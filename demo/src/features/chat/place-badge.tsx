import { Cpu, Gpu, MonitorSmartphone, Server } from 'lucide-react';
import { useWords } from '../../i18n/language-provider.tsx';
import { type AnswerPlace, placeName } from './place.ts';
import styles from './place-badge.module.css';
import { mainReason } from './route-reason.ts';

/** Where an answer was computed, and where it matters, why: in words, and in the colour of that side of the shore. */
export function PlaceBadge({ place }: { readonly place: AnswerPlace }) {
  const words = useWords();
  const Icon = iconOf(place);
  const reason = mainReason(place.reasons, words);
  return (
    <span className={styles.line}>
      <span className={`${styles.badge} ${styles[place.place]}`}>
        <Icon size={15} aria-hidden="true" />
        <span>{placeName(place, words)}</span>
      </span>
      {place.place === 'device' && place.threads !== null && (
        <span className={styles.aside}>{words.place.threads(place.threads)}</span>
      )}
      {place.place === 'relay' && reason && <span className={styles.aside}>{reason}</span>}
    </span>
  );
}

function iconOf(place: AnswerPlace) {
  if (place.place === 'relay') return Server;
  if (place.computedOn === null) return MonitorSmartphone;
  return place.computedOn === 'gpu' ? Gpu : Cpu;
}
