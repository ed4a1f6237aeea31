import { useEffect, useRef, useState } from 'react';
import { useWords } from '../../i18n/language-provider.tsx';
import type { RowState } from './row-state.ts';

export interface AnnouncedRow {
  readonly key: string;
  readonly title: string;
  readonly state: RowState;
}

/** What assistive technology is told: which models changed their state, not each byte. `undefined` rows are not known yet. */
export function useStateAnnouncement(rows: readonly AnnouncedRow[] | undefined): string {
  const { models: words } = useWords();
  const [announcement, announce] = useState('');
  const before = useRef<readonly AnnouncedRow[] | undefined>(undefined);
  useEffect(() => {
    const changed = changedRows(before.current, rows);
    before.current = rows;
    if (changed.length === 0) return;
    announce(changed.map(({ title, state }) => words.changed(title, words.states[state])).join('. '));
  });
  return announcement;
}

/** The rows whose state is another than before; one that is gone has nothing of it stored any more. */
export function changedRows(
  before: readonly AnnouncedRow[] | undefined,
  now: readonly AnnouncedRow[] | undefined,
): readonly AnnouncedRow[] {
  if (!before || !now) return [];
  const old = new Map(before.map((row) => [row.key, row]));
  const changed = now.filter(({ key, state }) => (old.get(key)?.state ?? 'absent') !== state);
  const kept = new Set(now.map(({ key }) => key));
  return [
    ...changed,
    ...before.filter(({ key }) => !kept.has(key)).map((row) => ({ ...row, state: 'absent' as const })),
  ];
}
