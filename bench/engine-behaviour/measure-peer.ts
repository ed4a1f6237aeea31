import type { Asked } from '../behaviour-page/behaviour-page.ts';
import type { PeerModel } from '../engine-page/page-bench.ts';
import { peakResidentBytes } from '../process/resident-memory.ts';
import type { BehaviourScene } from './behaviour-scene.ts';
import { conversation, conversations, message } from './conversation.ts';
import { tokensPerAnswer, turnsPerConversation } from './counts.ts';
import type { MeasureOptions, MemoryFigures } from './measure-ours.ts';
import { runsInTime, timeLimit } from './runs-in-time.ts';
import { packageOf, type Subject } from './subjects.ts';

/** Milliseconds. */
export interface PeerFigures {
  readonly memory: MemoryFigures;
  /** By conversation, by turn: until the first token. */
  readonly firstTokenMs: readonly (readonly number[])[];
  /** From opening the model anew until the first token of a question: what a page without us does after a loss. */
  readonly reopenMs: readonly number[];
}

/** Measures the library that does the same without us, in a browser of its own. */
export async function measurePeer(
  scene: BehaviourScene,
  subject: Subject,
  { counts, random, limitMs, threads }: MeasureOptions & { readonly threads: number },
): Promise<PeerFigures> {
  const limit = timeLimit(limitMs);
  await using opened = await scene.openPage();
  const { page, browser } = opened;
  const residentBefore = await peakResidentBytes(browser);
  const { peer, backend, peerPath } = subject;
  const { contextLength } = packageOf(subject, scene.mirror.url);
  const model: PeerModel = { peer, backend, url: `${scene.mirror.url}${peerPath}`, contextLength, threads };
  const open = (where: 'same-worker' | 'new-worker') =>
    page.evaluate(([what, how]) => window.behaviourBench.openPeer(what, how), [model, where] as const);
  const ask = (asked: Asked) => page.evaluate((what) => window.behaviourBench.askPeer(what), asked);
  const question = (tokens: number): Asked => ({
    messages: [{ role: 'user', content: message(subject.words, random) }],
    tokens,
  });
  await open('new-worker');
  const shape = { turns: turnsPerConversation, tokens: tokensPerAnswer, words: subject.words, random };
  const first = await conversation(ask, shape);
  const memory = {
    residentBytes: (await peakResidentBytes(browser)) - residentBefore,
    gpuBufferBytes: await page.evaluate(() => window.behaviourBench.peerGpuBufferBytes()),
  };
  // A library may compute elsewhere than it was asked to, and say nothing.
  if (memory.gpuBufferBytes > 0 !== (backend === 'webgpu'))
    throw new Error(`it had ${memory.gpuBufferBytes} bytes on the GPU where it was asked to compute on ${backend}`);
  const firstTokenMs = await conversations(() => conversation(ask, shape), {
    first,
    count: counts.conversations,
    limit,
  });
  const reopenMs = [];
  for (const _ of runsInTime(counts.losses, limit)) {
    const begunMs = performance.now();
    // After a lost device the worker is still there.
    await open(subject.strike === 'close' ? 'new-worker' : 'same-worker');
    const openedMs = performance.now() - begunMs;
    const [first] = (await ask(question(tokensPerAnswer))).atMs;
    reopenMs.push(openedMs + (first ?? Number.NaN));
  }
  return { memory, firstTokenMs, reopenMs };
}
