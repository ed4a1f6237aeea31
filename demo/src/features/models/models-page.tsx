import type { Catalog, DeviceFacts, StoredPackage } from '@orilla/contract';
import type { Orilla } from '@orilla/core';
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { useWords } from '../../i18n/language-provider.tsx';
import { ImportFile } from '../storage/import-file.tsx';
import { StorageSummary } from '../storage/storage-summary.tsx';
import { useStorageRoom } from '../storage/use-storage-room.ts';
import { type ModelRow, modelRows } from './model-rows.ts';
import styles from './models-page.module.css';
import type { PackageCommands } from './package-actions.tsx';
import { PackageCard } from './package-card.tsx';
import type { PackageTasks } from './package-tasks.ts';
import { RemoveDialog } from './remove-dialog.tsx';
import { type RowState, rowState } from './row-state.ts';
import { useKeptFocus } from './use-kept-focus.ts';
import { useStateAnnouncement } from './use-state-announcement.ts';

interface ModelsPageProps {
  readonly orilla: Orilla;
  readonly catalog: Catalog;
  readonly facts: DeviceFacts | null | undefined;
  /** `undefined` before the first word of the weight store. */
  readonly stored: readonly StoredPackage[] | undefined;
  readonly tasks: PackageTasks;
  readonly budgetBytes: number | undefined;
}

/** What is in this browser and what could be: each model with its size, where it stands, and what can be done about it. */
export function ModelsPage({ orilla, catalog, facts, stored, tasks, budgetBytes }: ModelsPageProps) {
  const { models: words } = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  const column = useRef<HTMLDivElement>(null);
  const keptFocus = useKeptFocus(column, heading);
  const [asking, setAsking] = useState<{ readonly row: ModelRow; readonly state: RowState } | null>(null);
  const { byId, importing } = useSyncExternalStore(tasks.subscribe, () => tasks.list);
  const { listed, unlisted } = useMemo(
    () => modelRows({ catalog, facts, stored: stored ?? [] }),
    [catalog, facts, stored],
  );
  const { room, isKept } = useStorageRoom(orilla, roomRevision(stored));
  // Whoever comes from another view starts at the beginning of this one.
  useEffect(() => heading.current?.focus(), []);

  const taskOf = (row: ModelRow) => byId.get(packageIdOf(row)) ?? null;
  const announcement = useStateAnnouncement(
    stored && [...listed, ...unlisted].map((row) => ({ ...row, state: rowState(row, taskOf(row)) })),
  );
  const commands: PackageCommands = {
    download: (row) => void tasks.download(packageIdOf(row), row.pkg),
    pause: (row) => void tasks.pause(packageIdOf(row)),
    pin: (row, isPinned) => void tasks.pin(packageIdOf(row), isPinned),
    verify: (row) => void tasks.verify(packageIdOf(row)),
    stop: (row) => tasks.stop(packageIdOf(row)),
    export: (row) => void tasks.export(packageIdOf(row)),
    remove(row, state) {
      if (row.stored && row.stored.bytes > 0) setAsking({ row, state });
      else void tasks.remove(packageIdOf(row));
    },
  };
  const cards = (rows: readonly ModelRow[]) =>
    rows.map((row) => {
      const task = taskOf(row);
      return <PackageCard key={row.key} row={row} state={rowState(row, task)} task={task} commands={commands} />;
    });

  return (
    <main className={styles.main}>
      <div ref={column} className={styles.column} {...keptFocus}>
        <h1 ref={heading} tabIndex={-1} className={styles.heading}>
          {words.heading}
        </h1>
        <p className={styles.lead}>{words.lead}</p>
        <StorageSummary
          storedBytes={(stored ?? []).reduce((sum, { bytes }) => sum + bytes, 0)}
          room={room}
          isKept={isKept}
          budgetBytes={budgetBytes}
        />
        <section aria-label={words.list}>
          <h2 className="visually-hidden">{words.list}</h2>
          <ul className={styles.list}>{cards(listed)}</ul>
        </section>
        {unlisted.length > 0 && (
          <section aria-label={words.unlisted}>
            <h2 className={styles.subheading}>{words.unlisted}</h2>
            <p className={styles.note}>{words.unlistedNote}</p>
            <ul className={styles.list}>{cards(unlisted)}</ul>
          </section>
        )}
        <ImportFile
          importing={importing}
          onFile={(file) => void tasks.import(file)}
          onStop={() => tasks.stopImport()}
        />
      </div>
      {asking && (
        <RemoveDialog
          {...asking}
          onConfirm={() => void tasks.remove(packageIdOf(asking.row))}
          onClose={() => setAsking(null)}
        />
      )}
      <p className="visually-hidden" role="status">
        {announcement}
      </p>
    </main>
  );
}

/** A row without a package has nothing that could be done about it. */
const packageIdOf = ({ pkg, stored }: ModelRow): string => stored?.id ?? pkg?.id ?? '';

/** Bytes between two looks at how much room there is, while something is downloaded. */
const roomStep = 32_000_000;

function roomRevision(stored: readonly StoredPackage[] | undefined): string {
  return (stored ?? []).map(({ id, state, bytes }) => `${id} ${state} ${Math.floor(bytes / roomStep)}`).join();
}
