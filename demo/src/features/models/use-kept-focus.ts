import { type FocusEvent, type RefObject, useLayoutEffect, useRef } from 'react';

export interface KeptFocus {
  onFocus(event: FocusEvent<HTMLElement>): void;
  onBlur(): void;
}

/**
 * A button that was pressed may be gone a moment later: "Pause" gives way to "Resume". The focus then goes to what its row, an element
 * with `data-row`, offers instead, and to `fallback` where the row is gone too; never back to the beginning of the page.
 */
export function useKeptFocus(list: RefObject<HTMLElement | null>, fallback: RefObject<HTMLElement | null>): KeptFocus {
  const row = useRef<string | null>(null);
  useLayoutEffect(() => {
    // React tells of no blur when it removes what has the focus: whoever leaves a row by himself is not brought back.
    if (row.current === null || document.activeElement !== document.body) return;
    const button = list.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(row.current)}"] button`);
    (button ?? fallback.current)?.focus();
  });
  return {
    onFocus: ({ target }) => {
      row.current = target.closest<HTMLElement>('[data-row]')?.dataset.row ?? null;
    },
    onBlur: () => {
      row.current = null;
    },
  };
}
