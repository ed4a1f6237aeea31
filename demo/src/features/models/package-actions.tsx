import {
  ArrowDownToLine,
  FileOutput,
  type LucideIcon,
  Pause,
  Pin,
  Play,
  ScanSearch,
  Trash2,
  Wrench,
  X,
} from 'lucide-react';
import { useWords } from '../../i18n/language-provider.tsx';
import button from '../../styles/button.module.css';
import type { ModelRow } from './model-rows.ts';
import styles from './package-actions.module.css';
import { type RowAction, type RowState, rowActions } from './row-state.ts';

/** What the buttons of a row do. */
export interface PackageCommands {
  download(row: ModelRow): void;
  pause(row: ModelRow): void;
  /** Asks first, where something would be lost. */
  remove(row: ModelRow, state: RowState): void;
  pin(row: ModelRow, isPinned: boolean): void;
  verify(row: ModelRow): void;
  stop(row: ModelRow): void;
  export(row: ModelRow): void;
}

const icons: Readonly<Record<RowAction, LucideIcon>> = {
  download: ArrowDownToLine,
  resume: Play,
  pause: Pause,
  cancel: X,
  repair: Wrench,
  verify: ScanSearch,
  stop: X,
  export: FileOutput,
  delete: Trash2,
};

interface PackageActionsProps {
  readonly row: ModelRow;
  readonly state: RowState;
  readonly commands: PackageCommands;
}

/** The buttons of a row, each named with the model. */
export function PackageActions({ row, state, commands }: PackageActionsProps) {
  const { models: words } = useWords();
  const run: Readonly<Record<RowAction, () => void>> = {
    download: () => commands.download(row),
    resume: () => commands.download(row),
    repair: () => commands.download(row),
    pause: () => commands.pause(row),
    cancel: () => commands.remove(row, state),
    delete: () => commands.remove(row, state),
    verify: () => commands.verify(row),
    stop: () => commands.stop(row),
    export: () => commands.export(row),
  };
  const actions = rowActions(row, state);
  if (actions.length === 0) return null;
  const { stored } = row;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for what a form sends, and looks like one
    <div role="group" className={styles.actions} aria-label={row.title}>
      {actions.map((action) => {
        const Icon = icons[action];
        const isMain = action === 'download' || action === 'repair' || action === 'resume';
        return (
          <button
            key={action}
            type="button"
            className={`${button.button} ${button.quiet} ${isMain ? styles.main : ''}`}
            aria-label={`${words.actions[action]} ${row.title}`}
            onClick={run[action]}
          >
            <Icon size={16} aria-hidden="true" />
            {words.actions[action]}
          </button>
        );
      })}
      {stored && (
        <button
          type="button"
          className={`${button.button} ${button.quiet} ${styles.pin}`}
          aria-pressed={stored.isPinned}
          aria-label={`${words.pin} ${row.title}`}
          title={words.pin}
          onClick={() => commands.pin(row, !stored.isPinned)}
        >
          <Pin size={16} aria-hidden="true" />
          <span className={styles.word}>{words.pin}</span>
        </button>
      )}
    </div>
  );
}
