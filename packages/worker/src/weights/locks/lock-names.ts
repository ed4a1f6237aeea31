/** The lock that whoever downloads a package has. */
export const downloadLock = (id: string) => `orilla-download-${id}`;

/** Held, with others, as long as a package is open in an engine. */
export const openLock = (id: string) => `orilla-open-${id}`;
