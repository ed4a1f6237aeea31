import type { ArrivingFiles, Engine, EngineName, ModelManifest } from '@orilla/contract';

export interface PreparationOptions {
  readonly makeEngine: (name: EngineName) => Promise<Engine>;
  readonly contextLength: number;
}

/**
 * Makes an engine while the weights that it will compute with are on their way, and lets it do beforehand what it can. Nothing waits for it,
 * and what fails in it is no failure: who opens the package makes an engine as if this had not been.
 */
export class EnginePreparation {
  readonly #stopped = new AbortController();
  readonly #abort = Promise.withResolvers<never>();
  readonly #made: Promise<Engine | null>;
  #hasFailed = false;
  #isTaken = false;

  constructor(manifest: ModelManifest, files: ArrivingFiles, { makeEngine, contextLength }: PreparationOptions) {
    const { signal } = this.#stopped;
    this.#abort.promise.catch(() => undefined); // whoever waits for a file is told
    signal.addEventListener('abort', () => this.#abort.reject(signal.reason));
    this.#made = makeEngine(manifest.engine).catch(() => null); // whoever opens the package makes it, and is told
    const arriving: ArrivingFiles = { file: (path) => Promise.race([files.file(path), this.#abort.promise]) };
    this.#prepare(manifest, arriving, contextLength);
  }

  get isOver(): boolean {
    return this.#stopped.signal.aborted;
  }

  /** Stops it and gives its engine, as far as it came; `null` where there is none to be used. */
  async take(): Promise<Engine | null> {
    if (this.isOver) return null;
    this.#isTaken = true;
    this.#stopped.abort();
    const engine = await this.#made;
    if (!this.#hasFailed) return engine;
    await engine?.unload().catch(() => undefined); // another one takes its place
    return null;
  }

  /** Stops it, and settles when its engine holds nothing any more, unless that was taken. Never rejects: nobody asked for it. */
  async end(): Promise<void> {
    if (this.#isTaken) return;
    this.#stopped.abort();
    await (await this.#made)?.unload().catch(() => undefined);
  }

  async #prepare(manifest: ModelManifest, files: ArrivingFiles, contextLength: number): Promise<void> {
    const { signal } = this.#stopped;
    const engine = await this.#made;
    if (signal.aborted) return;
    try {
      await engine?.prepare?.(manifest, files, { contextLength, signal });
    } catch {
      // One that was stopped is as good as new.
      this.#hasFailed = !signal.aborted;
    }
  }
}
