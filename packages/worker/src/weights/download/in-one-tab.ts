import type { DevicePackage, LoadProgress } from '@orilla/contract';
import { downloadLock } from '../locks/lock-names.ts';
import { withLock } from '../locks/with-lock.ts';
import type { StoreParts } from '../store-parts.ts';
import { throttle } from './throttle.ts';

/** What one tab tells the others of its progress is enough for their eyes. */
const tellEveryMs = 250;

export interface InOneTabOptions {
  readonly parts: Pick<StoreParts, 'locks' | 'channel'>;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: LoadProgress) => void;
}

/**
 * Lets only one tab at a time download a package, and the others see how far it is. When that tab closes, the next one goes on.
 * @throws AbortError, and what the download throws
 */
export async function inOneTab<T>(
  { id, bytes }: Pick<DevicePackage, 'id' | 'bytes'>,
  download: (options: { readonly onProgress: (progress: LoadProgress) => void }) => Promise<T>,
  { parts, signal, onProgress }: InOneTabOptions,
): Promise<T> {
  const { locks, channel } = parts;
  let isWaiting = false;
  const stopFollowing = channel.listen((news) => {
    // What another tab fetched is not fetched for this load.
    if (isWaiting && news.type === 'progress' && news.id === id) onProgress({ ...news.progress, fetchedBytes: 0 });
  });
  const onWait = () => {
    isWaiting = true;
    const nothing = { storedBytes: 0, fetchedBytes: 0, bytesPerSecond: 0, secondsLeft: null };
    onProgress({ phase: 'waiting', totalBytes: bytes, ...nothing });
    channel.tell({ type: 'ask' });
  };
  try {
    return await withLock(downloadLock(id), { locks, signal, onWait }, () => {
      isWaiting = false;
      return tellOthers(id, download, { channel, signal, onProgress });
    });
  } finally {
    stopFollowing();
  }
}

async function tellOthers<T>(
  id: string,
  download: Parameters<typeof inOneTab<T>>[1],
  { channel, signal, onProgress }: Pick<StoreParts, 'channel'> & Omit<InOneTabOptions, 'parts'>,
): Promise<T> {
  let last: LoadProgress | null = null;
  const telling = throttle(
    () => {
      if (last) channel.tell({ type: 'progress', id, progress: last });
    },
    { intervalMs: tellEveryMs },
  );
  const stopListening = channel.listen(({ type }) => {
    // What is just stopping is no answer to whoever asks whether somebody downloads it.
    if (type === 'ask' && !signal.aborted) telling.ask();
  });
  try {
    return await download({
      onProgress: (progress) => {
        last = progress;
        onProgress(progress);
        telling.ask();
      },
    });
  } finally {
    telling.stop();
    stopListening();
    channel.tell({ type: 'ended', id });
  }
}
