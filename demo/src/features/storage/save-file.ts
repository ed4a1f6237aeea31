import { isAbortError } from '@orilla/contract';

/** What a browser that saves files where the reader says has beside the DOM's own types. */
export interface FilePickerWindow {
  showSaveFilePicker?(options: { readonly suggestedName: string }): Promise<{
    createWritable(): Promise<WritableStream<Uint8Array>>;
  }>;
}

interface SaveFileWorld {
  readonly picker: FilePickerWindow;
  /** Lets the browser download a Blob by itself. */
  readonly download: (name: string, file: Blob) => void;
}

/**
 * Saves a file where the reader says, as a stream, so that a large one is never in memory; where the browser has no such dialog, or
 * doesn't open it now, as a download.
 * @throws AbortError where the reader closes the dialog
 */
export async function saveFile(name: string, file: Blob, world: SaveFileWorld = browser): Promise<void> {
  const { picker, download } = world;
  let target: WritableStream<Uint8Array>;
  try {
    if (!picker.showSaveFilePicker) return download(name, file);
    const handle = await picker.showSaveFilePicker({ suggestedName: name });
    target = await handle.createWritable();
  } catch (error) {
    if (isAbortError(error)) throw error;
    return download(name, file); // too long after the click, or in a frame: the dialog is refused
  }
  await file.stream().pipeTo(target);
}

/** Long enough for any browser to have begun; the file itself is not held in memory. */
const revokeAfterMs = 60_000;

const browser: SaveFileWorld = {
  // Typed by none of the DOM's own types yet.
  picker: globalThis as FilePickerWindow,
  download(name, file) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(file);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), revokeAfterMs);
  },
};
