import { createOrilla, type DevicePackage, type LoadResult, type Orilla } from '@orilla/core';
import { answerMeter, countsOf } from './answer-meter.ts';
import { messagesOf } from './messages.ts';
import type { OwnRun, Question } from './page-bench.ts';

const model = 'bench';
/** Said, so that none is taken to learn how much there is. */
const memoryBudgetBytes = 4 * 1024 ** 3;

/** A token event, and when it was where: in the engine, and in the page. Milliseconds since the Unix epoch. */
interface SeenToken {
  readonly engineMs: number;
  readonly pageMs: number;
  readonly text: string;
  /** How many it holds, where the engine tells. */
  readonly tokens: number;
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
    // Nothing else is measured meanwhile.
    device: { memoryBudgetBytes, calibrate: false },
  });
  const seen: SeenToken[] = [];
  seeTokenEvents(orilla, seen);
  return {
    loaded: await orilla.models.prepare(model),
    ask: (question) => ask(orilla, question, seen),
  };
}

/** Chunks don't carry the engine's own time, which applications have no use for; token events do. */
function seeTokenEvents({ device }: Orilla, seen: SeenToken[]): void {
  if (!device) throw new Error('This browser has no device way.');
  const generate = device.generate.bind(device);
  device.generate = async function* (...call) {
    for await (const event of generate(...call)) {
      if (event.type === 'token') {
        const { atMs: engineMs, text, tokenIds } = event;
        seen.push({ engineMs, pageMs: nowMs(), text, tokens: tokenIds?.length ?? 1 });
      }
      yield event;
    }
  };
}

async function ask(orilla: Orilla, question: Question, seen: SeenToken[]): Promise<OwnRun> {
  seen.length = 0;
  const callerMs: number[] = [];
  const meter = answerMeter();
  const stream = await orilla.chat.completions.create({
    model,
    messages: messagesOf(question),
    temperature: 0,
    max_tokens: question.tokens,
    stream: true,
    stream_options: { include_usage: true },
  });
  let used: Parameters<typeof countsOf>[0];
  for await (const { choices, usage } of stream) {
    const isText = Boolean(choices[0]?.delta.content);
    if (isText) callerMs.push(nowMs());
    if (isText || choices[0]?.finish_reason) meter.token();
    used = usage ?? used;
  }
  if (callerMs.length !== seen.length)
    throw new Error(`${seen.length} token events became ${callerMs.length} chunks: they can't be paired.`);
  const [first] = seen;
  return {
    ...meter.run(countsOf(used)),
    beginsWithWholeToken: first?.tokens === 1 && !first.text.includes('\uFFFD'),
    toPageMs: seen.map(({ engineMs, pageMs }) => pageMs - engineMs),
    toCallerMs: seen.map(({ engineMs }, token) => (callerMs[token] ?? Number.NaN) - engineMs),
  };
}

/** On the engine's scale: what worker and page have in common is the epoch that both count from. */
const nowMs = () => performance.timeOrigin + performance.now();
