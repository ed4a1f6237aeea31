import type { Backend } from '@orilla/core';

/** What the bench uses of Transformers.js, which is no dependency of this repository: `bench/peers` brings it. */
export interface Transformers {
  readonly env: {
    readonly version: string;
    allowLocalModels: boolean;
    remoteHost: string;
    remotePathTemplate: string;
    useBrowserCache: boolean;
    useWasmCache: boolean;
    readonly backends: {
      readonly onnx: {
        readonly wasm: {
          numThreads: number;
          get wasmPaths(): { readonly mjs: string; readonly wasm: string };
          /** Without `mjs` it takes what is bundled. */
          set wasmPaths(paths: { readonly mjs?: string; readonly wasm: string });
        };
      };
    };
  };
  readonly AutoTokenizer: { from_pretrained(model: string): Promise<TransformersTokenizer> };
  readonly AutoModelForCausalLM: {
    from_pretrained(model: string, options: TransformersModelOptions): Promise<TransformersModel>;
  };
  readonly TextStreamer: new (tokenizer: TransformersTokenizer, options: TextStreamerOptions) => object;
}

export interface TransformersModelOptions {
  readonly device: Backend;
  readonly dtype: 'fp32';
  readonly use_external_data_format?: boolean;
}

export interface TransformersTokenizer {
  apply_chat_template(
    messages: readonly { readonly role: string; readonly content: string }[],
    options: { readonly add_generation_prompt: true; readonly return_dict: true },
  ): TransformersInputs;
}

export interface TransformersInputs {
  readonly input_ids: { readonly dims: readonly number[] };
}

export interface TextStreamerOptions {
  readonly skip_prompt: true;
  readonly skip_special_tokens: true;
  readonly callback_function: (text: string) => void;
  readonly token_callback_function: (tokens: readonly bigint[]) => void;
}

export interface TransformersModel {
  generate(
    options: TransformersInputs & {
      readonly max_new_tokens: number;
      readonly do_sample: false;
      readonly streamer: object;
    },
  ): Promise<unknown>;
  dispose(): Promise<unknown>;
}

/** @throws Error that says why it could not be had, where it could not */
export async function loadTransformers(): Promise<Transformers> {
  // @ts-expect-error: the module is there only once `bench/peers` has brought it, and the page is built with its place.
  return import('@huggingface/transformers');
}
