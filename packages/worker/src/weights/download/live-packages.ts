import type { EncodedError, LoadProgress, PackageState, StoredPackage } from '@orilla/contract';
import { downloadLock } from '../locks/lock-names.ts';
import type { StoreParts } from '../store-parts.ts';
import { throttle } from './throttle.ts';

const tellEveryMs = 250;
/** A tab that is killed says nothing: whoever watches looks for it so often, as long as something is downloaded. */
const lookEveryMs = 1_000;

export interface WatchOptions {
  readonly signal: AbortSignal;
  readonly onPackages: (packages: readonly StoredPackage[]) => void;
}

/** What is stored, together with what is just being downloaded in any tab. */
export class LivePackages {
  readonly #parts: Pick<StoreParts, 'shelf' | 'channel' | 'locks'>;
  /** By package id, while it is downloaded. */
  readonly #heard = new Map<string, LoadProgress>();
  /** By package id, after an attempt to download it that failed. */
  readonly #failed = new Map<string, EncodedError>();

  constructor(parts: Pick<StoreParts, 'shelf' | 'channel' | 'locks'>) {
    this.#parts = parts;
    parts.channel.listen((news) => {
      if (news.type === 'progress') this.#heard.set(news.id, news.progress);
      if (news.type === 'ended') this.#heard.delete(news.id);
      if (news.type === 'failed') this.#failed.set(news.id, news.error);
      if (news.type === 'progress' || news.type === 'remove') this.#failed.delete(news.id);
    });
  }

  async list(): Promise<readonly StoredPackage[]> {
    await this.#forgetTheDead();
    const stored = await this.#parts.shelf.list();
    const ids = new Set(stored.map(({ id }) => id));
    const begun = [...this.#heard].filter(([id]) => !ids.has(id));
    return [
      ...stored.map((pkg) => withError(withProgress(pkg, this.#heard.get(pkg.id)), this.#failed.get(pkg.id))),
      ...begun.map(([id, progress]) => withProgress(nothingOf(id, progress), progress)),
    ];
  }

  /**
   * Tells the list, and again whenever it has changed, at most four times a second, until it is aborted.
   * @throws OrillaError of the family Storage
   */
  async watch({ signal, onPackages }: WatchOptions): Promise<void> {
    const { channel } = this.#parts;
    const ended = Promise.withResolvers<void>();
    let lastTold = '';
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isTelling = false;
    let isAskedMeanwhile = false;
    // One at a time: a list that took long must not come after a later one.
    const tell = async () => {
      isAskedMeanwhile = isTelling;
      if (isTelling) return;
      isTelling = true;
      const packages = await this.list();
      isTelling = false;
      if (isAskedMeanwhile) telling.ask();
      clearTimeout(timer);
      if (signal.aborted) return;
      if (packages.some(({ progress }) => progress !== null)) timer = setTimeout(telling.ask, lookEveryMs);
      const now = JSON.stringify(packages);
      if (now !== lastTold) onPackages(packages);
      lastTold = now;
    };
    const telling = throttle(() => tell().catch(ended.reject), { intervalMs: tellEveryMs });
    const stopListening = channel.listen(({ type }) => {
      if (type === 'progress' || type === 'ended' || type === 'failed' || type === 'changed') telling.ask();
    });
    signal.addEventListener('abort', () => ended.resolve(), { once: true });
    if (signal.aborted) ended.resolve();
    else telling.ask();
    channel.tell({ type: 'ask' });
    try {
      await ended.promise;
    } finally {
      stopListening();
      telling.stop();
      clearTimeout(timer);
    }
  }

  async #forgetTheDead(): Promise<void> {
    const { locks } = this.#parts;
    if (!locks || this.#heard.size === 0) return;
    const { held = [] } = await locks.query();
    const names = new Set(held.map(({ name }) => name));
    for (const id of this.#heard.keys()) if (!names.has(downloadLock(id))) this.#heard.delete(id);
  }
}

function withProgress(pkg: StoredPackage, progress: LoadProgress | undefined): StoredPackage {
  if (!progress || pkg.isComplete) return pkg;
  // What is kept of a pause is there before the news of it.
  return { ...pkg, state: pkg.state === 'paused' ? 'paused' : stateOf(progress), progress };
}

function withError(pkg: StoredPackage, error: EncodedError | undefined): StoredPackage {
  return error && !pkg.isComplete ? { ...pkg, error } : pkg;
}

function stateOf({ phase }: LoadProgress): PackageState {
  return phase === 'paused' || phase === 'waiting' ? phase : 'downloading';
}

function nothingOf(id: string, { totalBytes }: LoadProgress): StoredPackage {
  const marks = { isPinned: false, lastUsedMs: 0 };
  return { id, bytes: 0, totalBytes, state: 'incomplete', isComplete: false, progress: null, ...marks };
}
