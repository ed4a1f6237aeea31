import {
  type DevicePackage,
  type DownloadPriority,
  encodeError,
  type LoadProgress,
  OrillaError,
} from '@orilla/contract';
import { type JoinOptions, SharedWork } from '../../shared-work.ts';
import { downloadLock } from '../locks/lock-names.ts';
import { withLock } from '../locks/with-lock.ts';
import type { StoreParts } from '../store-parts.ts';
import type { ArrivingListener } from './arriving-package.ts';
import { inOneTab } from './in-one-tab.ts';
import type { PackageNews } from './package-channel.ts';
import { type BroughtPackage, PackageDownload } from './package-download.ts';
import { packageRemoved } from './package-removed.ts';
import { PauseGate } from './pause-gate.ts';

/** A tab that is alive answers sooner. */
const answerWithinMs = 2_000;

export interface DownloadOptions extends JoinOptions<LoadProgress> {
  readonly priority: DownloadPriority;
  /** Told where something is to be fetched, by this tab. */
  readonly onArriving?: ArrivingListener | undefined;
}

interface Entry {
  /** In milliseconds since the Unix epoch. */
  readonly begunAtMs: number;
  readonly download: PackageDownload;
  /** Closed and opened again to let somebody else have the package's lock. */
  readonly turn: PauseGate;
  readonly work: SharedWork<BroughtPackage, LoadProgress>;
}

/** The downloads of this worker, at most one a package; whoever wants the same joins it. They listen to what all tabs say. */
export class DownloadQueue {
  readonly #parts: StoreParts;
  /** By package id. */
  readonly #entries = new Map<string, Entry>();

  constructor(parts: StoreParts) {
    this.#parts = parts;
    parts.channel.listen((news) => this.#hear(news));
  }

  /**
   * Waits until a package is complete, also one that was paused. When the last one who waits leaves, the transfers stop.
   * @throws OrillaError of the families Catalog and Storage, `storage.unavailable` when the package is removed meanwhile; AbortError
   */
  async join(pkg: DevicePackage, { priority, onArriving, ...options }: DownloadOptions): Promise<BroughtPackage> {
    options.signal.throwIfAborted();
    this.#parts.channel.tell({ type: 'resume', id: pkg.id, priority });
    const entry = this.#running(pkg.id) ?? this.#begin(pkg, priority);
    const stopListening = onArriving && entry.download.arriving.listen(onArriving);
    try {
      return await entry.work.join(options);
    } finally {
      stopListening?.();
    }
  }

  /** Stops the download in whichever tab it runs. Settles when a reload of this one would find it so, or that tab does not answer. */
  async pause(id: string): Promise<void> {
    const { channel, locks, backend } = this.#parts;
    const { noted, stopListening } = this.#listenForPause(id);
    try {
      channel.tell({ type: 'pause', id });
      const running = await this.#runningOrStopped(id);
      if (running?.download.isRunning) return await running.download.notePause();
      // Whoever downloads it notes it; where nobody does, it is noted here.
      const note = async () => {
        await backend.drafts.update(id, (draft) => draft && { ...draft, isPaused: true });
        return true;
      };
      const isNoted = locks
        ? await locks.request(downloadLock(id), { ifAvailable: true }, (lock) => (lock ? note() : false))
        : await note();
      if (!isNoted) return await this.#waitFor(noted);
      channel.tell({ type: 'changed', id });
    } finally {
      stopListening();
    }
  }

  /** What settles when whoever downloads a package has noted that it is paused. */
  #listenForPause(id: string): { readonly noted: Promise<void>; readonly stopListening: () => void } {
    const { promise: noted, resolve } = Promise.withResolvers<void>();
    const stopListening = this.#parts.channel.listen((news) => {
      if (news.type === 'paused' && news.id === id) resolve();
    });
    return { noted, stopListening };
  }

  /** Not for ever: a browser may have frozen the tab that would answer. */
  async #waitFor(answer: Promise<void>): Promise<void> {
    const { network } = this.#parts;
    const answered = new AbortController();
    await Promise.race([answer, network.sleep(answerWithinMs, { signal: answered.signal })]);
    answered.abort();
  }

  /**
   * Goes on with a download, here where no tab has it.
   * @throws OrillaError where it can't be got under way
   */
  async resume(id: string): Promise<void> {
    const { channel, backend } = this.#parts;
    channel.tell({ type: 'resume', id, priority: 'background' });
    if (await this.#runningOrStopped(id)) return;
    const record = (await backend.drafts.get(id)) ?? (await backend.packages.get(id));
    if (!record?.pkg)
      throw new OrillaError('storage.unavailable', `It isn't known where the model package ${id} can be downloaded.`, {
        advice: 'Load its model, or import the package again.',
      });
    const underWay = Promise.withResolvers<void>();
    const leaving = new AbortController();
    const onProgress = ({ phase }: LoadProgress) => {
      if (phase !== 'manifest') underWay.resolve();
    };
    // Whoever else has the download in hand shows it as soon as this one asks; then it is theirs. One that is just dying does not.
    const stopListening = channel.listen((news) => {
      if (news.type !== 'progress' || news.id !== id || this.#running(id)?.download.isRunning) return;
      underWay.resolve();
      leaving.abort();
    });
    // A failure later on is told by the package's state.
    this.join(record.pkg, { priority: 'background', signal: leaving.signal, onProgress })
      .finally(stopListening)
      .then(() => underWay.resolve(), underWay.reject);
    await underWay.promise;
  }

  /** Ends the download in whichever tab it runs, and does the work while no tab can begin with it. */
  async end(id: string, work: () => Promise<void>): Promise<void> {
    const { locks, channel, network } = this.#parts;
    const signal = new AbortController().signal;
    // Asked for first, so that nobody who comes after the news comes before this.
    const running = this.#entries.get(id);
    const done = withLock(downloadLock(id), { locks, signal }, async () => {
      await running?.work.end(packageRemoved());
      await work();
    });
    // It may have the lock that was asked for; and the news, which tells others by the clock, may pass it over.
    running?.work.end(packageRemoved());
    channel.tell({ type: 'remove', id, atMs: network.epochMs() });
    await done;
    channel.tell({ type: 'changed', id });
  }

  /**
   * Does work that makes the package complete while no tab downloads it: downloads, paused or not, step aside for so long, and then take
   * what is there. @throws AbortError, and what the work throws
   */
  async alone<T>(id: string, work: () => Promise<T>, { signal }: { readonly signal: AbortSignal }): Promise<T> {
    const { locks, channel } = this.#parts;
    // Asked for first, so that it comes before those who step aside.
    const done = withLock(downloadLock(id), { locks, signal }, work);
    channel.tell({ type: 'step-aside', id });
    const result = await done;
    channel.tell({ type: 'resume', id, priority: 'background' });
    return result;
  }

  #running(id: string): Entry | null {
    const entry = this.#entries.get(id);
    return entry && !entry.work.isAbandoned ? entry : null;
  }

  /** One that everybody has left may still have the lock. */
  async #runningOrStopped(id: string): Promise<Entry | null> {
    const running = this.#running(id);
    if (!running) await this.#entries.get(id)?.work.end(packageRemoved());
    return running;
  }

  #begin(pkg: DevicePackage, priority: DownloadPriority): Entry {
    const parts = this.#parts;
    const before = this.#entries.get(pkg.id);
    const download = new PackageDownload(pkg, { parts, priority });
    const turn = new PauseGate();
    const work = new SharedWork<BroughtPackage, LoadProgress>(async ({ signal, onProgress }) => {
      try {
        await before?.work.end(packageRemoved());
        return await turn.run(
          (stay) => inOneTab(pkg, (owner) => download.run({ ...owner, ...stay }), { parts, ...stay, onProgress }),
          { signal, onPaused: () => undefined },
        );
      } catch (error) {
        if (!signal.aborted) parts.channel.tell({ type: 'failed', id: pkg.id, error: encodeError(error) });
        throw error;
      } finally {
        if (this.#entries.get(pkg.id) === entry) this.#entries.delete(pkg.id);
      }
    });
    const entry: Entry = { begunAtMs: parts.network.epochMs(), download, turn, work };
    this.#entries.set(pkg.id, entry);
    return entry;
  }

  #hear(news: PackageNews): void {
    const entry = 'id' in news ? this.#running(news.id) : null;
    if (!entry) return;
    const { download, turn } = entry;
    if (news.type === 'resume') download.raise(news.priority);
    if (news.type === 'resume' || news.type === 'pause') download.setPaused(news.type === 'pause');
    if (news.type === 'pause' && download.isRunning) this.#tellPaused(news.id, download);
    if (news.type === 'step-aside') for (const isAside of [true, false]) turn.set(isAside);
    // Whoever removes it waits for its lock, and with that for the end of this.
    if (news.type === 'remove') this.#endIfEarlier(entry, news);
  }

  /** News may come late, to somebody who wants the package again. */
  async #endIfEarlier(entry: Entry, { id, atMs }: { readonly id: string; readonly atMs: number }): Promise<void> {
    const { begunAtMs, download, work } = entry;
    // Of the same millisecond the one that is removed is the one that whoever removes it waits for.
    if (begunAtMs < atMs || (begunAtMs === atMs && download.isRunning && (await this.#isWaitedFor(id))))
      await work.end(packageRemoved());
  }

  async #tellPaused(id: string, download: PackageDownload): Promise<void> {
    try {
      await download.notePause();
      this.#parts.channel.tell({ type: 'paused', id });
    } catch {
      // The download itself, which notes it as well, says what is wrong with the storage.
    }
  }

  async #isWaitedFor(id: string): Promise<boolean> {
    const { pending = [] } = (await this.#parts.locks?.query()) ?? {};
    return pending.some(({ name }) => name === downloadLock(id));
  }
}
