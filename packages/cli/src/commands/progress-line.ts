export interface ProgressLine {
  readonly show: (doneBytes: number, totalBytes: number) => void;
  /** Clears the line. */
  readonly end: () => void;
}

const everyMs = 250;

/** One line that a person watches, written at most four times a second; nothing where nobody does. */
export function progressLine(
  status: ((text: string) => void) | undefined,
  title: string,
  { now = performance.now.bind(performance) }: { readonly now?: () => number } = {},
): ProgressLine {
  let nextMs = 0;
  let isShown = false;
  return {
    show(doneBytes, totalBytes) {
      if (!status || now() < nextMs) return;
      nextMs = now() + everyMs;
      isShown = true;
      const share =
        totalBytes > 0 ? ` of ${megabytes(totalBytes)}, ${Math.floor((doneBytes / totalBytes) * 100)} %` : '';
      status(`\r\u001b[2K${title}: ${megabytes(doneBytes)}${share}`);
    },
    end() {
      if (isShown) status?.('\r\u001b[2K');
    },
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e8 ? 1 : 0)} MB`;
}
