import {
  type ChatRequest,
  type Engine,
  type EngineLoadOptions,
  type EngineName,
  type ErrorCode,
  type GenerateOptions,
  isOrillaError,
  type LoadedModel,
  type ModelManifest,
  memoryNeed,
  OrillaError,
  type TokenEvent,
  type WeightFiles,
} from '@orilla/contract';
import { watchSilence } from '../watch-silence.ts';
import type { CrashLog } from './crash-log.ts';

export interface WatchedEngineOptions {
  readonly crashes: Pick<CrashLog, 'noteCrash' | 'noteAnswer'>;
  /** How long it may tell nothing, opening or answering. A long prompt on a slow device takes minutes. Default: ten of them. */
  readonly silenceMs?: number;
  /** Called before a model is prepared or opened that takes so much memory; gives what is called when that is over, however it ended. */
  readonly noteOpening?: ((engine: EngineName, needBytes: number) => Promise<() => Promise<void>>) | undefined;
}

const defaultSilenceMs = 600_000;
/** A step or a small batch of a prompt may have to end first; what is opened next waits for it. */
const closeMs = 60_000;

/** Errors with which an engine comes to its end. */
const endings: ReadonlySet<ErrorCode> = new Set(['engine.device-lost', 'engine.crashed', 'engine.out-of-memory']);

/**
 * An engine that is watched over: one that tells nothing for too long is ended as crashed, and its end is noted once, before whoever waits is
 * told.
 */
export class WatchedEngine implements Engine {
  /** As the engine's own: absent where it has none. */
  readonly embed?: NonNullable<Engine['embed']>;
  /** As the engine's own. Nobody waits for it, and what fails in it is no failure: it is not watched. */
  readonly prepare?: NonNullable<Engine['prepare']>;
  readonly #engine: Engine;
  readonly #options: WatchedEngineOptions & { readonly silenceMs: number };
  #noted: Promise<void> | null = null;
  #hasBegun = false;
  /** It did not stop when it should have: what it holds, nobody may use. */
  #isGivenUp = false;

  constructor(engine: Engine, options: WatchedEngineOptions) {
    this.#engine = engine;
    this.#options = { silenceMs: defaultSilenceMs, ...options };
    const { embed, prepare } = engine;
    if (prepare)
      this.prepare = (manifest, files, how) =>
        this.#notingOpening(manifest, how, () => prepare.call(engine, manifest, files, how));
    if (embed) this.embed = (request, how) => this.#watch(() => embed.call(engine, request, how));
  }

  get name(): Engine['name'] {
    return this.#engine.name;
  }

  get capabilities(): Engine['capabilities'] {
    return this.#engine.capabilities;
  }

  get isOpen(): boolean {
    return this.#engine.isOpen && !this.#isGivenUp;
  }

  async load(manifest: ModelManifest, weights: WeightFiles, options: EngineLoadOptions): Promise<LoadedModel> {
    const { contextLength } = options;
    this.#hasBegun = true;
    const over = await this.#options.noteOpening?.(this.name, memoryNeed({ ...manifest, contextLength }));
    try {
      return await this.#watch(() => this.#engine.load(manifest, weights, options));
    } finally {
      await over?.();
    }
  }

  async *generate(request: ChatRequest, options: GenerateOptions): AsyncGenerator<TokenEvent, void, undefined> {
    const events = this.#engine.generate(request, options)[Symbol.asyncIterator]();
    let isDone = false;
    try {
      for (;;) {
        const next = await this.#watch(() => events.next());
        isDone = next.done === true;
        if (next.done) return;
        if (next.value.type === 'finish')
          await this.#options.crashes.noteAnswer(this.name, { isContinued: options.emitted !== undefined });
        yield next.value;
      }
    } finally {
      // What was given up would never come to its end.
      if (!isDone && !this.#isGivenUp) await this.#watch(async () => events.return?.());
    }
  }

  /** What takes the page down even beforehand would do so when it is opened, which takes more. */
  async #notingOpening(
    manifest: ModelManifest,
    { contextLength, signal }: EngineLoadOptions,
    prepare: () => Promise<void>,
  ): Promise<void> {
    const over = await this.#options.noteOpening?.(this.name, memoryNeed({ ...manifest, contextLength }));
    try {
      signal.throwIfAborted();
      await prepare();
    } finally {
      // A load has a note of its own in the same place.
      if (!this.#hasBegun) await over?.();
    }
  }

  async unload(): Promise<void> {
    // One that was given up may not answer to this either; its memory goes when it does.
    if (this.#isGivenUp) this.#engine.unload().catch(() => undefined);
    else {
      const limitMs = Math.min(closeMs, this.#options.silenceMs);
      // Where nothing was opened, nothing that was asked of it ended it.
      const isNoted = this.#hasBegun || this.#engine.isOpen;
      await this.#watch(() => this.#engine.unload(), { limitMs, isNoted });
    }
  }

  async #watch<T>(step: () => Promise<T>, { limitMs = this.#options.silenceMs, isNoted = true } = {}): Promise<T> {
    const silent = Promise.withResolvers<never>();
    const watch = watchSilence({ limitMs, onSilent: () => silent.reject(this.#giveUp(limitMs)) });
    try {
      return await Promise.race([step(), silent.promise]);
    } catch (error) {
      if (isNoted && isOrillaError(error) && endings.has(error.code)) await this.#note(error.code);
      throw error;
    } finally {
      watch.end();
    }
  }

  #giveUp(limitMs: number): OrillaError {
    this.#isGivenUp = true;
    this.unload();
    const seconds = Math.round(limitMs / 1000);
    return new OrillaError('engine.crashed', `The engine ${this.name} told nothing for ${seconds} s and was ended.`, {
      advice: 'Ask again: it is opened anew. If it happens again, choose a smaller model.',
    });
  }

  #note(code: ErrorCode): Promise<void> {
    this.#noted ??= this.#options.crashes.noteCrash(this.name, code);
    return this.#noted;
  }
}
