import { loadWebLlm } from '../../engine-page/web-llm-side.ts';
import type { OpenPeer } from './peer.ts';
import { plainTurns } from './plain-turns.ts';

/** WebLLM's own chat, which keeps what it computed as long as a conversation goes on. */
export const openWebLlmPeer: OpenPeer = async (model) => {
  const engine = await loadWebLlm(model);
  return {
    async answer({ messages, tokens }, onToken) {
      let [text, count] = ['', 0];
      const stream = await engine.chat.completions.create({
        messages: plainTurns(messages),
        temperature: 0,
        max_tokens: tokens,
        stream: true,
        stream_options: { include_usage: true },
      });
      for await (const { choices, usage } of stream) {
        const piece = choices[0]?.delta.content;
        if (piece) onToken();
        text += piece ?? '';
        count = usage?.completion_tokens ?? count;
      }
      return { text, tokens: count };
    },
    close: () => engine.unload(),
  };
};
