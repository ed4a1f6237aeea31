/** One choice of the reader, kept in this browser. Where the browser keeps nothing, a choice lasts as long as the page. */
export interface Setting {
  read(): string | null;
  write(value: string): void;
}

/** `open` gives the storage and may throw: some browsers refuse it to pages that may not store. */
export function createSetting(key: string, open: () => Pick<Storage, 'getItem' | 'setItem'>): Setting {
  return {
    read() {
      try {
        return open().getItem(key);
      } catch {
        return null; // refused: as if nothing had been chosen yet
      }
    },
    write(value) {
      try {
        open().setItem(key, value);
      } catch {
        return; // refused or full: the choice holds until the page is left
      }
    },
  };
}
