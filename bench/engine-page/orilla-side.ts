import { createOrilla, type DevicePackage, type LoadResult, type Orilla } from '@orilla/core';
import { decodeMeter } from './decode-meter.ts';
import type { OwnRun, Question } from './page-bench.ts';

const model = 'bench';

/** When a token was where: in the engine, and in the page. Milliseconds since the Unix epoch. */
interface TokenTimes {
  readonly engineMs: number;
  readonly pageMs: number;
}

export interface OrillaSide {
  readonly loaded: LoadResult;
  ask(question: Question): Promise<OwnRun>;
}

/** Orilla as an app uses it, with one thing added: the token events that its device hands out are timed on their way. */
export async function openOrilla(pkg: DevicePackage): Promise<OrillaSide> {
  const orilla = createOrilla({
    catalog: { models: { [model]: { title: 'Bench', device: [pkg] } } },
    privacy: { label: 'device' },
  });
  const times: TokenTimes[] = [];
  timeTokenEvents(orilla, times);
  return {
    loaded: await orilla.models.prepare(model),
    ask: (question) => ask(orilla, question, times),
  };
}

/** Chunks don't carry the engine's own time, which applications have no use for; token events do. */
function timeTokenEvents({ device }: Orilla, times: TokenTimes[]): void {
  if (!device) throw new Error('This browser has no device way.');
  const generate = device.generate.bind(device);
  device.generate = async function* (...call) {
    for await (const event of generate(...call)) {
      if (event.type === 'token') times.push({ engineMs: event.atMs, pageMs: nowMs() });
      yield event;
    }
  };
}

async function ask(orilla: Orilla, { prompt, tokens }: Question, times: TokenTimes[]): Promise<OwnRun> {
  times.length = 0;
  const callerMs: number[] = [];
  const meter = decodeMeter();
  let completionTokens = 0;
  const stream = await orilla.chat.completions.create({
    model,
    messages: [{ role: 'user', content: prompt }],
    temperature: 0,
    max_tokens: tokens,
    stream: true,
    stream_options: { include_usage: true },
  });
  for await (const { choices, usage } of stream) {
    if (choices[0]?.delta.content) {
      callerMs.push(nowMs());
      meter.token();
    }
    completionTokens = usage?.completion_tokens ?? completionTokens;
  }
  if (callerMs.length !== times.length)
    throw new Error(`${times.length} token events became ${callerMs.length} chunks: they can't be paired.`);
  return {
    tokens: completionTokens,
    tokensPerSecond: meter.tokensPerSecond(completionTokens),
    toPageMs: times.map(({ engineMs, pageMs }) => pageMs - engineMs),
    toCallerMs: times.map(({ engineMs }, token) => (callerMs[token] ?? Number.NaN) - engineMs),
  };
}

/** On the engine's scale: what worker and page have in common is the epoch that both count from. */
const nowMs = () => performance.timeOrigin + performance.now();
