import { answerMeter } from './answer-meter.ts';
import { messagesOf } from './messages.ts';
import type { PeerModel, Question, Run } from './page-bench.ts';
import {
  loadTransformers,
  type Transformers,
  type TransformersModel,
  type TransformersTokenizer,
} from './transformers.ts';

export interface TransformersSide {
  readonly version: string;
  ask(question: Question): Promise<Run>;
}

/** Beside the page; `peerWasmFolder` is put there. */
const wasmFolder = 'peer-ort/';

/** Transformers.js as its own documentation uses it, in the page. @throws Error where it can't be had here */
export async function openTransformers(model: PeerModel): Promise<TransformersSide> {
  const { transformers, tokenizer, opened } = await loadTransformersModel(model);
  return {
    version: transformers.env.version,
    ask: (question) => ask({ transformers, tokenizer, opened }, question),
  };
}

export interface OpenedTransformers {
  readonly transformers: Transformers;
  readonly tokenizer: TransformersTokenizer;
  readonly opened: TransformersModel;
}

/** A model from a folder as its hub has them, with the threads that Orilla's engine takes, and nothing from any other server. */
export async function loadTransformersModel({
  url,
  backend,
  threads,
}: Pick<PeerModel, 'url' | 'backend' | 'threads'>): Promise<OpenedTransformers> {
  const transformers = await loadTransformers();
  const { env, AutoTokenizer, AutoModelForCausalLM } = transformers;
  const { wasm } = env.backends.onnx;
  wasm.numThreads = threads;
  // The build that it has chosen for this browser, from here.
  const here = (address: string) => new URL(`${wasmFolder}${address.split('/').at(-1)}`, document.baseURI).href;
  wasm.wasmPaths = { mjs: here(wasm.wasmPaths.mjs), wasm: here(wasm.wasmPaths.wasm) };
  env.useBrowserCache = false;
  env.useWasmCache = false;
  env.allowLocalModels = false;
  const folder = new URL(url);
  const name = folder.pathname.split('/').at(-2) ?? '';
  env.remoteHost = new URL('..', folder).href;
  env.remotePathTemplate = '{model}/';
  const hasExternalData = (await fetch(new URL('onnx/model.onnx_data', folder), { method: 'HEAD' })).ok;
  const tokenizer = await AutoTokenizer.from_pretrained(name);
  const opened = await AutoModelForCausalLM.from_pretrained(name, {
    device: backend,
    // Its word for the file without a suffix.
    dtype: 'fp32',
    use_external_data_format: hasExternalData,
  });
  return { transformers, tokenizer, opened };
}

async function ask({ transformers, tokenizer, opened }: OpenedTransformers, question: Question): Promise<Run> {
  const meter = answerMeter();
  let tokens = 0;
  const inputs = tokenizer.apply_chat_template(messagesOf(question), {
    add_generation_prompt: true,
    return_dict: true,
  });
  const streamer = new transformers.TextStreamer(tokenizer, {
    skip_prompt: true,
    skip_special_tokens: true,
    callback_function: () => undefined,
    token_callback_function(ids) {
      tokens += ids.length;
      meter.token();
    },
  });
  await opened.generate({ ...inputs, max_new_tokens: question.tokens, do_sample: false, streamer });
  return meter.run({ promptTokens: inputs.input_ids.dims.at(-1) ?? 0, tokens });
}
