// @ts-expect-error It is no dependency of the repository: `peerModules` finds it where the bench has put it.
import * as published from '@huggingface/transformers';
import type { PlainTurn } from './plain-turns.ts';

/** What the bench uses of Transformers.js. */
interface Published {
  readonly env: {
    remoteHost: string;
    remotePathTemplate: string;
    allowLocalModels: boolean;
    readonly backends: {
      readonly onnx: { readonly wasm: { numThreads: number; wasmPaths: { readonly wasm: string } } };
    };
  };
  pipeline(
    task: 'text-generation',
    model: string,
    options: { readonly device: 'webgpu' | 'wasm'; readonly dtype: 'fp32' },
  ): Promise<Chat>;
  readonly TextStreamer: new (
    tokenizer: unknown,
    options: {
      readonly skip_prompt: boolean;
      readonly callback_function: (text: string) => void;
      readonly token_callback_function: (ids: readonly bigint[]) => void;
    },
  ) => object;
}

export interface Chat {
  (
    messages: readonly PlainTurn[],
    options: { readonly max_new_tokens: number; readonly do_sample: false; readonly streamer: object },
  ): Promise<unknown>;
  readonly tokenizer: unknown;
  dispose(): Promise<void>;
}

const { env, pipeline, TextStreamer } = published as Published;

export { TextStreamer };
export const transformersEnv = env;
export const textGeneration = (model: string, options: Parameters<Published['pipeline']>[2]) =>
  pipeline('text-generation', model, options);
