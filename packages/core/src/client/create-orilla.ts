import type {
  ChatCompletion,
  ChatRequest,
  EmbeddingRequest,
  EmbeddingResponse,
  LoadResult,
  WithOrillaRequest,
  WithOrillaResponse,
} from '@orilla/contract';
import type OpenAI from 'openai';
import type { Capabilities } from '../device/capabilities.ts';
import type { Device, LoadOptions } from '../device/device.ts';
import type { ModelFit } from '../device/fits.ts';
import type { Packages } from '../packages/packages.ts';
import { ChatStream } from './chat-stream.ts';
import { choosePackage } from './choose-package.ts';
import { collectCompletion } from './collect-completion.ts';
import { loadPart } from './load-part.ts';
import { makeContext } from './make-context.ts';
import { openAnswer } from './open-answer.ts';
import { effectivePrivacy } from './orilla-context.ts';
import type { CallOptions, OrillaOptions, SignalOptions } from './orilla-options.ts';

type NonStreaming = WithOrillaRequest<OpenAI.Chat.ChatCompletionCreateParamsNonStreaming>;
type Streaming = WithOrillaRequest<OpenAI.Chat.ChatCompletionCreateParamsStreaming>;

export interface ChatCompletions {
  create(body: NonStreaming, options?: CallOptions): Promise<WithOrillaResponse<ChatCompletion>>;
  create(body: Streaming, options?: CallOptions): Promise<ChatStream>;
  create(
    body: WithOrillaRequest<ChatRequest>,
    options?: CallOptions,
  ): Promise<WithOrillaResponse<ChatCompletion> | ChatStream>;
}

/** A language model behind OpenAI-shaped calls: on this device where it fits, else on the organization's relay. */
export interface Orilla {
  readonly chat: { readonly completions: ChatCompletions };
  readonly embeddings: {
    create(body: WithOrillaRequest<EmbeddingRequest>, options?: CallOptions): Promise<EmbeddingResponse>;
  };
  readonly models: {
    list(): readonly OpenAI.Model[];
    /** Downloads and opens the package of this model that suits the device best, before the first question. */
    prepare(model: string, options?: LoadOptions): Promise<LoadResult>;
    /**
     * Whether this device can run the model, told by figures before a byte of it is fetched. The first call learns how much memory there is,
     * which takes up to some seconds; after that it is known.
     * @throws OrillaError `catalog.unknown-model`, `engine.worker-died`; AbortError
     */
    fits(model: string, options?: SignalOptions): Promise<ModelFit>;
  };
  /**
   * What this device can do: engines and their features, adapter, memory, rates; `null` where this app or browser has no device way.
   * @throws OrillaError `engine.worker-died`; AbortError
   */
  capabilities(options?: SignalOptions): Promise<Capabilities | null>;
  /** The model packages in this browser: what is there, and what can be done with it. */
  readonly packages: Packages;
  /** The device way; `null` where this app or browser has none. */
  readonly device: Device | null;
  /** For `new OpenAI({ baseURL, fetch: orilla.fetch })`: answers `/chat/completions`, `/embeddings` and `/models`, whatever the base address. */
  readonly fetch: typeof fetch;
  /** Ends the worker; everything pending is rejected. */
  close(): void;
}

const deviceQuestions = () => loadPart(() => import('./device-questions.ts'));
const embeddings = () => loadPart(() => import('./embed.ts'));
const dropIn = () => loadPart(() => import('./drop-in-fetch.ts'));

/** Makes a client. Starts nothing: the worker starts with the first call that needs it. */
export function createOrilla(options: OrillaOptions): Orilla {
  const context = makeContext(options);
  async function create(
    body: WithOrillaRequest<ChatRequest>,
    call: CallOptions = {},
  ): Promise<WithOrillaResponse<ChatCompletion> | ChatStream> {
    const { orilla: _, ...request } = body;
    const controller = new AbortController();
    const signal = call.signal ? AbortSignal.any([call.signal, controller.signal]) : controller.signal;
    const answer = await openAnswer(context, request, {
      privacy: effectivePrivacy(context.privacy, body, call),
      signal,
      priority: call.priority,
    });
    if (!body.stream) return collectCompletion(answer);
    return new ChatStream(answer, { controller, signal, includeUsage: body.stream_options?.include_usage === true });
  }

  const orilla: Orilla = {
    // The overloads of `create` differ in `stream` only, which the one implementation reads.
    chat: { completions: { create: create as ChatCompletions['create'] } },
    embeddings: { create: async (body, call = {}) => (await embeddings()).embed(context, body, call) },
    models: {
      list: () =>
        Object.keys(context.catalog.models).map((id) => ({ id, object: 'model', created: 0, owned_by: 'orilla' })),
      prepare: async (name, load = {}) => {
        const { device, pkg } = await choosePackage(context, name, load);
        return device.load(pkg, load);
      },
      fits: async (name, call = {}) => (await deviceQuestions()).chooseFit(context, name, call),
    },
    capabilities: async (call = {}) => (await deviceQuestions()).askCapabilities(context, call),
    packages: context.packages,
    device: context.device,
    fetch: async (input, init) => (await dropIn()).dropInFetch(orilla, context, input, init),
    close: () => context.close(),
  };
  return orilla;
}
