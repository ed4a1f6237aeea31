import { loadTransformers } from '../../engine-page/transformers.ts';
import type { OpenPeer } from './peer.ts';
import { plainTurns } from './plain-turns.ts';

const modelId = 'tiny';

/** Transformers.js as its documentation chats: each turn computes all that was said before. */
export const openTransformersPeer: OpenPeer = async ({ url, backend, threads }) => {
  const { env, AutoTokenizer, AutoModelForCausalLM, TextStreamer } = await loadTransformers();
  env.remoteHost = url;
  env.remotePathTemplate = '{model}/';
  env.allowLocalModels = false;
  const { wasm } = env.backends.onnx;
  wasm.numThreads = threads;
  // Its code is bundled; the WASM alone it would take from a public server.
  wasm.wasmPaths = { wasm: `${url}ort-wasm-simd-threaded.asyncify.wasm` };
  const tokenizer = await AutoTokenizer.from_pretrained(modelId);
  const model = await AutoModelForCausalLM.from_pretrained(modelId, { device: backend, dtype: 'fp32' });
  return {
    async answer({ messages, tokens }, onToken) {
      let [text, count] = ['', 0];
      const inputs = tokenizer.apply_chat_template(plainTurns(messages), {
        add_generation_prompt: true,
        return_dict: true,
      });
      const streamer = new TextStreamer(tokenizer, {
        skip_prompt: true,
        skip_special_tokens: true,
        callback_function: (piece) => {
          text += piece;
        },
        // Text comes by whole words, and would tell of the first token too late.
        token_callback_function: (ids) => {
          count += ids.length;
          onToken();
        },
      });
      await model.generate({ ...inputs, max_new_tokens: tokens, do_sample: false, streamer });
      return { text, tokens: count };
    },
    async close() {
      await model.dispose();
    },
  };
};
