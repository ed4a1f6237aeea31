import {
  type ArrivingFiles,
  abortReason,
  type ChatRequest,
  type EmbeddingRequest,
  type EmbeddingResponse,
  type EmittedAnswer,
  type Engine,
  type EngineCapabilities,
  type EngineLoadOptions,
  type GenerateOptions,
  isOrillaError,
  type LoadedModel,
  type ModelManifest,
  OrillaError,
  type TokenEvent,
  type WeightFiles,
} from '@orilla/contract';
import type { Wllama } from '@wllama/wllama/esm/index.js';
import { loadCode } from '../../load-code.ts';
import { OneAtATime } from '../../one-at-a-time.ts';
import { untilAborted } from '../../until-aborted.ts';
import { notOpen, wasUnloaded } from '../answer/answer-errors.ts';
import { otherTask } from '../request/embedding-fields.ts';
import { type SamplingSettings, samplingSettings } from '../request/sampling-settings.ts';
import { type ChatPlan, chatPlan } from './chat-plan.ts';
import { continuedPrompt } from './continued-prompt.ts';
import { embedTexts } from './embed-texts.ts';
import { isCrash, loadError, requestError } from './engine-errors.ts';
import { llamacppFeatures, usesWebgpu } from './llamacpp-support.ts';
import { modelTask } from './model-task.ts';
import { openWllama, parallelSequences } from './open-wllama.ts';
import { backendOf } from './read-offload.ts';
import { severalChoices } from './several-choices.ts';
import { SideBySide } from './side-by-side.ts';
import { stopChunks } from './stop-chunks.ts';
import { streamOfCallbacks } from './stream-of-callbacks.ts';
import { type TimedChunk, type TokenEventsOptions, tokenEvents } from './token-events.ts';
import { type WllamaSettings, wllamaSettings } from './wllama-settings.ts';
import { fetchWllama } from './wllama-wasm.ts';

/** The device, as far as this engine depends on it. */
export interface LlamacppDevice {
  readonly adapterFeatures: readonly string[];
  readonly threads: () => Promise<number>;
}

interface OpenModel {
  readonly wllama: Wllama;
  /** Rejected when the model goes, whatever took it: wllama itself leaves what it was asked without an answer. */
  readonly gone: PromiseWithResolvers<never>;
  /** An exception inside llama.cpp is one for every request that it is busy with. */
  readonly turns: SideBySide;
  /** One text at a time is computed, of all requests; of a model that writes answers, `null`. */
  readonly embeddings: { readonly contextLength: number; readonly turns: OneAtATime } | null;
}

/** llama.cpp in WASM, by wllama: on WebGPU where the adapter has 16-bit floats, else on the CPU. */
export class LlamacppEngine implements Engine {
  readonly name = 'llamacpp';
  readonly capabilities: EngineCapabilities = {
    features: llamacppFeatures,
    givesTokenIds: false,
    takesTokenIds: false,
    parallelRequests: parallelSequences,
  };
  readonly #device: LlamacppDevice;
  #open: OpenModel | null = null;

  constructor(device: LlamacppDevice) {
    this.#device = device;
  }

  get isOpen(): boolean {
    return this.#open !== null;
  }

  /**
   * Brings llama.cpp itself. Its shaders have to wait: which there will be is told by the head of the model's file, which is not given out
   * before the file is whole.
   * @throws as `fetchWllama`
   */
  async prepare(_manifest: ModelManifest, _files: ArrivingFiles, { signal }: EngineLoadOptions): Promise<void> {
    // It goes on when nobody waits for it any more: wllama asks for the same file, which what was cancelled before its end would not be.
    await untilAborted(fetchWllama(), { signal });
  }

  async load(manifest: ModelManifest, weights: WeightFiles, options: EngineLoadOptions): Promise<LoadedModel> {
    await this.unload();
    const { signal } = options;
    const gone = Promise.withResolvers<never>();
    gone.promise.catch(() => undefined); // nobody may be waiting for an answer when the model goes
    try {
      const files = modelFiles(manifest, weights);
      const model = await modelTask(files[0]);
      const pooling = model.task === 'embeddings' ? model.pooling : null;
      const most = model.task === 'embeddings' ? model.contextLength : null;
      const contextLength = Math.min(options.contextLength, most ?? Infinity);
      const { wllama, threads, gpuLayers } = await openWllama({
        files,
        contextLength,
        pooling,
        threads: await this.#device.threads(),
        backend: usesWebgpu(this.#device.adapterFeatures) ? 'webgpu' : 'wasm',
        signal,
        onCrash: (reason) => {
          if (this.#open?.gone === gone) return this.#end(this.#open, reason);
        },
      });
      const embeddings = pooling ? { contextLength, turns: new OneAtATime() } : null;
      this.#open = { wllama, gone, turns: new SideBySide(), embeddings };
      return {
        engine: this.name,
        backend: backendOf(gpuLayers ?? null),
        contextLength,
        threads,
        ...(gpuLayers && { gpuLayers }),
      };
    } catch (error) {
      throw loadError(error);
    }
  }

  async *generate(
    request: ChatRequest,
    { signal, emitted }: GenerateOptions,
  ): AsyncGenerator<TokenEvent, void, undefined> {
    signal.throwIfAborted();
    const settings = samplingSettings(request, this.capabilities);
    const open = this.#open;
    if (!open) throw notOpen();
    if (open.embeddings) throw otherTask('is made for embeddings, and writes no answers');
    const plan = chatPlan(request, settings, { template: open.wllama.getChatTemplate() });
    const answer = { settings, plan, signal, emitted: emitted?.tokens ? emitted : null };
    if (settings.choices === 1) yield* this.#answer(open, answer);
    else yield* severalChoices(settings.choices, (choice) => this.#answer(open, { ...answer, choice }));
  }

  async *#answer(open: OpenModel, answer: PlannedAnswer): AsyncGenerator<TokenEvent, void, undefined> {
    const { settings, plan, signal, emitted, choice = 0 } = answer;
    const hasLogprobs = settings.topLogprobs !== undefined;
    const schemaField = schemaFieldOf(answer);
    const leave = await open.turns.enter({ isAlone: hasLogprobs || schemaField !== null, signal });
    const left = new AbortController();
    const abortSignal = AbortSignal.any([signal, left.signal]);
    const sampling = wllamaSettings(settings, { choice, emittedTokens: emitted?.tokens ?? 0 });
    let hasBegun = false;
    const ask = (prompt: { readonly prompt: string } | ChatPlan['chat']) => (push: (timed: TimedChunk) => void) => {
      const onData = (chunk: TimedChunk['chunk']) => {
        hasBegun = true;
        push({ chunk, atMs: nowMs() });
      };
      const how = { ...sampling, stream: true as const, stream_options: { include_usage: true }, abortSignal, onData };
      return Promise.race([complete(open.wllama, prompt, how), open.gone.promise]);
    };
    try {
      let continued: TokenEventsOptions['continued'] = null;
      let prompt: { readonly prompt: string } | ChatPlan['chat'] = plan.chat;
      if (emitted) {
        const begun = continuedPrompt(open.wllama, plan.chat, { emitted: emitted.text, signal });
        const { promptTokens, ...whole } = await Promise.race([begun, open.gone.promise]);
        continued = { promptTokens, emittedTokens: emitted.tokens };
        if (emitted.tokens >= (settings.maxTokens ?? Infinity)) {
          yield { type: 'finish', reason: 'length', ...usedUp(continued), atMs: nowMs() };
          return;
        }
        prompt = whole;
      }
      const chunks = streamOfCallbacks(ask(prompt), () => left.abort());
      yield* tokenEvents(
        settings.stop.length > 0 ? stopChunks(chunks, settings.stop, { before: emitted?.text ?? '' }) : chunks,
        { topLogprobs: settings.topLogprobs ?? 0, continued, ...(await callsInText(plan)) },
      );
    } catch (error) {
      if (signal.aborted) throw abortReason(signal);
      const told = requestError(error, { hasBegun, schemaField, hasLogprobs });
      if (isCrash(error) && isOrillaError(told)) await this.#end(open, told);
      throw told;
    } finally {
      leave();
    }
  }

  /** llama.cpp could make vectors of a model that writes answers too; but nobody trained it for that, and they would mean little. */
  async embed(request: EmbeddingRequest, { signal }: { readonly signal: AbortSignal }): Promise<EmbeddingResponse> {
    signal.throwIfAborted();
    const open = this.#open;
    if (!open) throw notOpen();
    if (!open.embeddings) throw otherTask('writes answers, and makes no embeddings');
    const { contextLength, turns } = open.embeddings;
    const { wllama, gone } = open;
    try {
      return await turns.run(() => embedTexts(wllama, request, { contextLength, gone: gone.promise, signal }));
    } catch (error) {
      if (isOrillaError(error) && error.code === 'engine.crashed') await this.#end(open, error);
      throw error;
    }
  }

  async unload(): Promise<void> {
    if (!this.#open) return;
    await this.#end(this.#open, wasUnloaded());
  }

  /** Ends llama.cpp's worker, which frees all its memory, and tells whoever waits for it. */
  #end(open: OpenModel, reason: OrillaError): Promise<void> {
    if (this.#open === open) this.#open = null;
    open.gone.reject(reason);
    return open.wllama.exit();
  }
}

interface PlannedAnswer {
  readonly settings: SamplingSettings;
  readonly plan: ChatPlan;
  readonly signal: AbortSignal;
  readonly emitted: EmittedAnswer | null;
  readonly choice?: number;
}

type How = Omit<WllamaSettings, 'logit_bias'> & {
  readonly stream: true;
  readonly abortSignal: AbortSignal;
  readonly onData: (chunk: TimedChunk['chunk']) => void;
};

function complete(wllama: Wllama, prompt: { readonly prompt: string } | ChatPlan['chat'], how: How): Promise<void> {
  return 'prompt' in prompt
    ? wllama.createCompletion({ ...how, ...prompt })
    : wllama.createChatCompletion({ ...how, ...prompt });
}

/** llama.cpp leaves calls in the text wherever it was not itself that asked for them, and for templates that it can't make out. */
async function callsInText({ calls }: ChatPlan): Promise<Pick<TokenEventsOptions, 'parser' | 'around'>> {
  if (!calls) return {};
  const { toolCallParser } = await loadCode(() => import('../../text/tools/tool-call-parser.ts'));
  const around = calls.isForced ? { before: '<tool_call>\n', after: '\n</tool_call>' } : null;
  return { parser: toolCallParser(calls.format), around };
}

/** A schema is the one thing that may turn out to be impossible when llama.cpp begins. */
function schemaFieldOf({ settings, plan }: PlannedAnswer): 'response_format' | 'tools' | null {
  if (plan.calls?.isForced) return 'tools';
  return settings.responseFormat.type === 'json_schema' ? 'response_format' : null;
}

const usedUp = ({ promptTokens, emittedTokens }: NonNullable<TokenEventsOptions['continued']>) => ({
  promptTokens,
  completionTokens: emittedTokens,
  cachedTokens: 0,
});

const nowMs = () => performance.timeOrigin + performance.now();

/** The parts of the model in the manifest's order, which is how llama.cpp numbers them. */
function modelFiles(manifest: ModelManifest, weights: WeightFiles): readonly [Blob, ...Blob[]] {
  const [first, ...others] = manifest.files
    .filter(({ path }) => path.endsWith('.gguf'))
    .flatMap(({ path }) => weights.get(path) ?? []);
  if (first) return [first, ...others];
  throw new OrillaError(
    'engine.load-failed',
    'The model package holds no GGUF file, which is what this engine opens.',
    {
      advice: 'Make the package again from a GGUF.',
    },
  );
}
