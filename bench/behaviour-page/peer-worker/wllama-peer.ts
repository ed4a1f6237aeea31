import { loadWllama } from '../../engine-page/wllama-side.ts';
import type { OpenPeer } from './peer.ts';
import { plainTurns } from './plain-turns.ts';

/** wllama's own chat, which keeps what it computed (`cache_prompt`). */
export const openWllamaPeer: OpenPeer = async ({ url, contextLength, threads }) => {
  const wllama = await loadWllama(url, { contextLength, threads });
  return {
    async answer({ messages, tokens }, onToken) {
      let [text, count] = ['', 0];
      await wllama.createChatCompletion({
        messages: plainTurns(messages),
        temperature: 0,
        max_tokens: tokens,
        stream: true,
        stream_options: { include_usage: true },
        onData({ choices, usage }) {
          const piece = choices[0]?.delta.content;
          if (piece) onToken();
          text += piece ?? '';
          count = usage?.completion_tokens ?? count;
        },
      });
      return { text, tokens: count };
    },
    close: () => wllama.exit(),
  };
};
