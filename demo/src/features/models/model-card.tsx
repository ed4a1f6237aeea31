import type { CatalogModel } from '@orilla/contract';
import { ArrowDownToLine, CircleCheck, Server } from 'lucide-react';
import { useWords } from '../../i18n/language-provider.tsx';
import button from '../../styles/button.module.css';
import { blockedNote } from './blocked-note.ts';
import styles from './model-card.module.css';
import type { ModelFit } from './model-fit.ts';

interface ModelCardProps {
  readonly model: CatalogModel;
  /** `null` while the device is being asked. */
  readonly fit: ModelFit | null;
  readonly isStored: boolean;
  onDownload(): void;
}

/** What the model is, what it costs to have it here, and the one thing to do about it. */
export function ModelCard({ model, fit, isStored, onDownload }: ModelCardProps) {
  const words = useWords();
  const pkg = fit?.verdict === 'fits' ? fit.pkg : model.device[0];
  return (
    <section className={styles.card} aria-label={words.model.current(model.title)}>
      <div className={styles.text}>
        <h2 className={styles.title}>{model.title}</h2>
        {pkg && (
          <p className={styles.facts}>
            <span>{words.formats.bytes(pkg.bytes)}</span>
            <span>{words.model.license(pkg.license)}</span>
          </p>
        )}
        <p className={styles.note}>
          {fit?.verdict === 'blocked' ? (
            <>
              <Server size={16} aria-hidden="true" />
              {blockedNote(fit, words)}
            </>
          ) : isStored ? (
            <>
              <CircleCheck size={16} aria-hidden="true" />
              {words.model.readyOffline}
            </>
          ) : (
            words.model.downloadOnce
          )}
        </p>
      </div>
      {fit?.verdict === 'fits' && !isStored && (
        <button type="button" className={`${button.button} ${button.primary}`} onClick={onDownload}>
          <ArrowDownToLine size={18} aria-hidden="true" />
          {words.model.download(fit.pkg.bytes)}
        </button>
      )}
    </section>
  );
}
