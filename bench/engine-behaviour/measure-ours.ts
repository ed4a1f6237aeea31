import type { Page } from '@playwright/test';
import { hostWorker, strikeAfter } from '../../test/fixtures/client-page/open-client-page.ts';
import type { Asked, OwnTold } from '../behaviour-page/behaviour-page.ts';
import type {} from '../behaviour-page/count-gpu-buffers.ts';
import { peakResidentBytes } from '../process/resident-memory.ts';
import type { BehaviourScene } from './behaviour-scene.ts';
import { conversation, conversations, message } from './conversation.ts';
import { type Counts, tokensPerAnswer, turnsPerConversation } from './counts.ts';
import { type AbortFigures, measureAborts } from './measure-aborts.ts';
import { pauseAtSeam } from './pause-at-seam.ts';
import { runsInTime, timeLimit } from './runs-in-time.ts';
import { packageOf, type Subject } from './subjects.ts';

/** What a side took until it had a conversation behind it, its model brought and opened included. */
export interface MemoryFigures {
  /** By how much the most of the browser's processes, taken together, has grown. */
  readonly residentBytes: number;
  /** The most of GPU buffers at once. */
  readonly gpuBufferBytes: number;
}

/** Milliseconds. */
export interface OwnFigures {
  readonly memory: MemoryFigures;
  readonly calibrationMs: number;
  /** By conversation, by turn: until the first token. */
  readonly firstTokenMs: readonly (readonly number[])[];
  /** `null` where conversations alone are measured. */
  readonly aborts: AbortFigures | null;
  /** From the last character before a loss to the next one. */
  readonly recoveryMs: readonly number[];
}

export interface MeasuredOurs {
  readonly figures: OwnFigures;
  readonly threads: number;
  /** As the browser names it; `null` on WASM. */
  readonly adapter: string | null;
}

export interface MeasureOptions {
  readonly counts: Counts;
  /** Of this side; what is left to do behind it is done once. */
  readonly limitMs: number;
  readonly random: () => number;
}

/** How much of the time may be over when conversations end, and aborts; losses have the rest. */
const shares = { talks: 0.5, aborts: 0.85 };
/** Tokens of an answer that is lost in its middle. */
const lostAnswerTokens = 24;

/**
 * Measures Orilla in a browser of its own.
 * @throws Error where something else ran than what is to be measured
 */
export async function measureOurs(
  scene: BehaviourScene,
  subject: Subject,
  options: MeasureOptions,
): Promise<MeasuredOurs> {
  const { counts, random, limitMs } = options;
  const limits = {
    talks: timeLimit(limitMs * shares.talks),
    aborts: timeLimit(limitMs * shares.aborts),
    losses: timeLimit(limitMs),
  };
  await using opened = await scene.openPage();
  const { page, browser } = opened;
  const residentBefore = await peakResidentBytes(browser);
  const pkg = packageOf(subject, scene.mirror.url);
  const loaded = await page.evaluate(([what, backend]) => window.behaviourBench.open(what, backend), [
    pkg,
    subject.backend,
  ] as const);
  if (loaded.engine !== subject.engine || loaded.backend !== subject.backend)
    throw new Error(
      `${loaded.engine} on ${loaded.backend} opened the model, where ${subject.engine} on ${subject.backend} is measured.`,
    );
  const ask = async (asked: Asked) =>
    checked(subject, await page.evaluate((what) => window.behaviourBench.ask(what), asked));
  const calibrationMs = await page.evaluate(() => window.behaviourBench.calibrate());
  const shape = { turns: turnsPerConversation, tokens: tokensPerAnswer, words: subject.words, random };
  const first = await conversation(ask, shape);
  const memory = {
    residentBytes: (await peakResidentBytes(browser)) - residentBefore,
    gpuBufferBytes: await hostWorker(page).evaluate(() => globalThis.gpuBufferCount?.peakBytes ?? 0),
  };
  const firstTokenMs = await conversations(() => conversation(ask, shape), {
    first,
    count: counts.conversations,
    limit: limits.talks,
  });
  const measuresAll = subject.scope === 'all';
  const aborts = measuresAll
    ? await measureAborts({ page, ask }, subject, { counts, random, limit: limits.aborts })
    : null;
  const recoveryMs = [];
  if (measuresAll)
    for (const _ of runsInTime(counts.losses, limits.losses)) recoveryMs.push(await recover(page, subject, options));
  const adapter = subject.backend === 'webgpu' ? await page.evaluate(adapterName) : null;
  return { figures: { memory, calibrationMs, firstTokenMs, aborts, recoveryMs }, threads: loaded.threads, adapter };
}

/** Runs in the page: it may use nothing from this file. */
async function adapterName(): Promise<string> {
  const info = (await navigator.gpu.requestAdapter())?.info;
  return info?.architecture || info?.vendor || 'unnamed';
}

/** Which path ran is told by the receipt. */
function checked({ engine, backend }: Subject, told: OwnTold, { parts = 1 } = {}): OwnTold {
  const ran = told.parts.map((part) => (part.place === 'device' ? `${part.engine} on ${part.backend}` : part.place));
  if (ran.length === parts && ran.every((one) => one === `${engine} on ${backend}`)) return told;
  throw new Error(`An answer came from ${ran.join(', then ')}, where ${engine} on ${backend} is measured.`);
}

async function recover(page: Page, subject: Subject, { random }: MeasureOptions): Promise<number> {
  const after = 2 + Math.floor(random() * (lostAnswerTokens - 4));
  const asked: Asked = {
    messages: [{ role: 'user', content: message(subject.words, random) }],
    tokens: lostAnswerTokens,
  };
  await strikeAfter(page, subject.strike, after);
  const told = checked(subject, await page.evaluate((what) => window.behaviourBench.ask(what), asked), { parts: 2 });
  return pauseAtSeam(told.atMs);
}
