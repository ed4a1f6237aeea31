export interface OpenedOnce<T> {
  /** Opens it with the first call. */
  get(): Promise<T>;
  /** `null` where nobody asked for it yet: whoever only closes it need not open it. */
  readonly opened: Promise<T> | null;
}

/** Opens something when it is first needed. What could not be had now, as code that could not be fetched, may be there the next time. */
export function openOnce<T>(open: () => Promise<T>): OpenedOnce<T> {
  let opened: Promise<T> | null = null;
  return {
    get opened() {
      return opened;
    },
    get() {
      if (opened) return opened;
      const opening = open();
      opened = opening;
      opening.catch(() => {
        opened = null;
      });
      return opening;
    },
  };
}
