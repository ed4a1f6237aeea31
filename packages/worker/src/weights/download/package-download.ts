import { type DevicePackage, type DownloadPriority, type LoadProgress, OrillaError } from '@orilla/contract';
import { loadCode } from '../../load-code.ts';
import type { JoinOptions } from '../../shared-work.ts';
import { piecesOf, totalLength } from '../pieces/pieces.ts';
import { ProgressMeter } from '../progress-meter.ts';
import type { ShelvedPackage } from '../shelf/weight-shelf.ts';
import type { StoreParts } from '../store-parts.ts';
import { ArrivingPackage } from './arriving-package.ts';
import { PackageSources } from './package-sources.ts';
import { PauseGate } from './pause-gate.ts';
import { openStored } from './stored-package.ts';
import { TransferShare } from './transfer-share.ts';

/** Another tab may remove what this one found there; if that happens again and again, something else is wrong. */
const maxRounds = 3;

/** A package that is complete and verified. */
export interface BroughtPackage extends ShelvedPackage {
  readonly fetchedBytes: number;
}

export interface PackageDownloadOptions {
  readonly parts: StoreParts;
  readonly priority: DownloadPriority;
}

/** One download of one package, until it is complete. It can be paused, and become more urgent, on the way. */
export class PackageDownload {
  /** Its files, while they come. */
  readonly arriving: ArrivingPackage;
  readonly #pkg: DevicePackage;
  readonly #parts: StoreParts;
  readonly #gate = new PauseGate();
  readonly #meter: ProgressMeter;
  readonly #share: TransferShare;
  #report: ((progress: LoadProgress) => void) | null = null;

  constructor(pkg: DevicePackage, { parts, priority }: PackageDownloadOptions) {
    this.#pkg = pkg;
    this.#parts = parts;
    this.arriving = new ArrivingPackage(parts);
    this.#meter = new ProgressMeter({ now: parts.network.now, report: (progress) => this.#report?.(progress) });
    const onWaiting = (isWaiting: boolean) => this.#meter.enter(isWaiting ? 'waiting' : 'download');
    this.#share = new TransferShare({ slots: parts.slots, priority, onWaiting });
  }

  /** Whether it is this one that downloads the package. */
  get isRunning(): boolean {
    return this.#report !== null;
  }

  raise(priority: DownloadPriority): void {
    this.#share.raise(priority);
  }

  /** Stops the transfers at once, or lets them go on. */
  setPaused(isPaused: boolean): void {
    this.#gate.set(isPaused);
  }

  /**
   * Keeps in the store whether it is paused, where it is this one that downloads the package, so that a reload finds it so. Where there is
   * no draft, not yet or no longer, there is nothing to be found.
   */
  async notePause(): Promise<void> {
    const { drafts } = this.#parts.backend;
    const draft = this.isRunning ? await drafts.get(this.#pkg.id) : undefined;
    if (!draft || Boolean(draft.isPaused) === this.#gate.isPaused) return;
    await drafts.update(this.#pkg.id, (now) => now && { ...now, isPaused: this.#gate.isPaused });
  }

  /**
   * To be called once, while no other tab downloads this package. An abort, a failure or a closed tab leaves what was stored for the next
   * time.
   * @throws OrillaError of the families Catalog and Storage; `engine.load-failed` where the code for it can't be fetched; AbortError
   */
  async run({ signal, onProgress }: JoinOptions<LoadProgress>): Promise<BroughtPackage> {
    this.#report = onProgress;
    const onPaused = async () => {
      this.#meter.enter('paused');
      await this.notePause();
    };
    try {
      const shelved = await this.#gate.run((running) => this.#attempt(running), { signal, onPaused });
      this.arriving.end(shelved.files);
      return { ...shelved, fetchedBytes: this.#meter.fetchedBytes };
    } catch (error) {
      this.arriving.end(null);
      throw error;
    } finally {
      this.#report = null;
    }
  }

  /** Begins with a look into the store: another tab may have done it all, or a part of it. */
  async #attempt({ signal }: { readonly signal: AbortSignal }): Promise<ShelvedPackage> {
    await this.notePause();
    const parts = this.#parts;
    const stored = await openStored(this.#pkg, parts);
    if (stored) return this.#opened(stored);
    this.#meter.enter('manifest', { totalBytes: this.#pkg.bytes });
    const { completePackage } = await loadCode(() => import('./complete-package.ts'));
    signal.throwIfAborted();
    const sources = new PackageSources(this.#pkg, parts);
    // A source that turns out to have given other bytes is not asked again: that takes a round as well.
    for (let round = 1; round <= maxRounds + this.#pkg.sources.length; round += 1) {
      const record = await sources.record({ signal });
      const { arriving } = this;
      const options = { parts, sources: sources.load, share: this.#share, meter: this.#meter, arriving, signal };
      const complete = await completePackage(record, options);
      if (complete) return this.#opened(complete);
    }
    throw new OrillaError('storage.unavailable', 'Parts of the model vanish from the storage while it is downloaded.', {
      advice: 'Close other tabs of this app, free disk space, and try again.',
    });
  }

  #opened(shelved: ShelvedPackage): ShelvedPackage {
    const bytes = totalLength(piecesOf(shelved.manifest));
    this.#meter.enter('open', { storedBytes: bytes, totalBytes: bytes });
    return shelved;
  }
}
