import { MLCEngine } from '@mlc-ai/web-llm';
import { answerMeter, countsOf, type WireUsage } from './answer-meter.ts';
import { messagesOf } from './messages.ts';
import type { PeerModel, Question, Run } from './page-bench.ts';

export interface WebLlmSide {
  ask(question: Question): Promise<Run>;
}

const modelId = 'peer';

/** WebLLM as its own documentation uses it, in the page. */
export async function openWebLlm(model: Pick<PeerModel, 'url' | 'contextLength'>): Promise<WebLlmSide> {
  const engine = await loadWebLlm(model);
  return { ask: (question) => ask(engine, question) };
}

/** A model from a folder as its catalogue's are, the library beside the weights. */
export async function loadWebLlm({ url, contextLength }: Pick<PeerModel, 'url' | 'contextLength'>): Promise<MLCEngine> {
  const engine = new MLCEngine({
    logLevel: 'SILENT',
    appConfig: { model_list: [{ model_id: modelId, model: url, model_lib: `${url}resolve/main/library.wasm` }] },
  });
  await engine.reload(modelId, { context_window_size: contextLength, sliding_window_size: -1 });
  return engine;
}

async function ask(engine: MLCEngine, question: Question): Promise<Run> {
  const meter = answerMeter();
  let used: WireUsage | null | undefined;
  const stream = await engine.chat.completions.create({
    messages: messagesOf(question),
    temperature: 0,
    max_tokens: question.tokens,
    stream: true,
    stream_options: { include_usage: true },
  });
  for await (const { choices, usage } of stream) {
    if (choices[0]?.delta.content || choices[0]?.finish_reason) meter.token();
    used = usage ?? used;
  }
  return meter.run(countsOf(used));
}
