import type { OpenPeer } from './peer.ts';
import { plainTurns } from './plain-turns.ts';
import { type Chat, TextStreamer, textGeneration, transformersEnv } from './transformers.ts';

const modelId = 'tiny';

/** Transformers.js as its documentation chats: each turn computes all that was said before. */
export const openTransformersPeer: OpenPeer = async ({ url, backend, threads }) => {
  transformersEnv.remoteHost = url;
  transformersEnv.remotePathTemplate = '{model}/';
  transformersEnv.allowLocalModels = false;
  transformersEnv.backends.onnx.wasm.numThreads = threads;
  transformersEnv.backends.onnx.wasm.wasmPaths = { wasm: `${url}ort-wasm-simd-threaded.asyncify.wasm` };
  const generate: Chat = await textGeneration(modelId, { device: backend, dtype: 'fp32' });
  return {
    async answer({ messages, tokens }, onToken) {
      let [text, count] = ['', 0];
      await generate(plainTurns(messages), {
        max_new_tokens: tokens,
        do_sample: false,
        streamer: new TextStreamer(generate.tokenizer, {
          skip_prompt: true,
          callback_function: (piece) => {
            text += piece;
          },
          // Text comes by whole words, and would tell of the first token too late.
          token_callback_function: (ids) => {
            count += ids.length;
            onToken();
          },
        }),
      });
      return { text, tokens: count };
    },
    close: () => generate.dispose(),
  };
};
