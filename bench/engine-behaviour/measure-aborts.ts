import type { Page } from '@playwright/test';
import type { AbortMoment, Asked, FreedMs, OwnTold } from '../behaviour-page/behaviour-page.ts';
import { median } from '../statistics/percentile.ts';
import { message } from './conversation.ts';
import type { Counts } from './counts.ts';
import { runsInTime, type TimeLimit } from './runs-in-time.ts';
import type { Subject } from './subjects.ts';

/** Milliseconds. */
export interface AbortFigures {
  /** From one token to the next, undisturbed. */
  readonly stepMs: readonly number[];
  /** Of a long prompt a batch, undisturbed. */
  readonly batchMs: readonly number[];
  /** From an abort while an answer came until the engine was free. */
  readonly decodeMs: readonly number[];
  /** The same while a long prompt was computed. */
  readonly prefillMs: readonly number[];
}

export interface Askable {
  readonly page: Page;
  readonly ask: (asked: Asked) => Promise<OwnTold>;
}

interface AbortOptions {
  readonly counts: Counts;
  readonly limit: TimeLimit;
  readonly random: () => number;
}

const answerTokens = 24;
/** Aborted no later than behind this piece, so that the answer is still on its way. */
const lastAbortedPiece = 8;
/** How much of the time that a long prompt takes may pass until it is aborted. */
const underWay = 0.8;
/** An idle engine is measured before as many aborts as this. */
const runsPerIdle = 4;
/** Of which only the beginning counts; the first token alone may be a part of a character, which is no text yet. */
const beginning = 4;
/** Always the same, so that what it needs itself can be told from what it waited for. */
const next: Asked = { messages: [{ role: 'user', content: 'and then' }], tokens: beginning };

/**
 * How long the engine is still busy with what nobody wants any more: an abort, and at once another question; what that one needs when the
 * engine is idle, which is measured in between, is taken off.
 */
export async function measureAborts(
  { page, ask }: Askable,
  subject: Subject,
  { counts, random, limit }: AbortOptions,
): Promise<AbortFigures> {
  const question = (words: number, tokens: number): Asked => ({
    messages: [{ role: 'user', content: message(words, random) }],
    tokens,
  });
  const freed = (asked: Asked, moment: AbortMoment) =>
    page.evaluate(([what, when, then]) => window.behaviourBench.abort(what, when, then), [
      asked,
      moment,
      next,
    ] as const);
  await ask(next); // what is computed of it once is not what others wait for
  const [stepMs, answers]: [number[], Waits] = [[], { freedMs: [], idleMs: [] }];
  for (const run of runsInTime(counts.decodeAborts, limit, { least: runsPerIdle })) {
    if (run % runsPerIdle === 0) {
      stepMs.push(...stepsOf(await ask(question(subject.words, answerTokens))));
      answers.idleMs.push(firstOf(await ask(next)));
    }
    const afterPieces = 1 + Math.floor(random() * lastAbortedPiece);
    const moment = { afterPieces, delayMs: random() * median(stepMs) };
    answers.freedMs.push(await freed(question(subject.words, answerTokens), moment));
  }
  const [batchMs, promptMs, prompts]: [number[], number[], Waits] = [[], [], { freedMs: [], idleMs: [] }];
  for (const run of runsInTime(counts.prefillAborts, limit, { least: runsPerIdle })) {
    if (run % runsPerIdle === 0) {
      const told = await ask(question(subject.longWords, beginning));
      promptMs.push(firstOf(told));
      batchMs.push(firstOf(told) / Math.ceil(told.promptTokens / subject.promptBatch));
      prompts.idleMs.push(firstOf(await ask(next)));
    }
    const moment = { afterPieces: 0, delayMs: random() * median(promptMs) * underWay };
    prompts.freedMs.push(await freed(question(subject.longWords, answerTokens), moment));
  }
  return { stepMs, batchMs, decodeMs: waitedFor(answers), prefillMs: waitedFor(prompts) };
}

/** Milliseconds until the first token of what was asked behind an abort, and of the same asked of an idle engine. */
export interface Waits {
  readonly freedMs: FreedMs[];
  readonly idleMs: number[];
}

/** @throws Error where most of what was to be aborted was over before: nothing can be told of the rest */
export function waitedFor({ freedMs, idleMs }: Waits): readonly number[] {
  const aborted = freedMs.filter((ms) => ms !== null);
  if (aborted.length <= freedMs.length / 2)
    throw new Error(`Of ${freedMs.length} answers only ${aborted.length} were still on their way to be aborted.`);
  const idle = median(idleMs);
  return aborted.map((ms) => Math.max(0, ms - idle));
}

/** From one token to the next. Where pieces of text hold several tokens, all of them are taken to be alike. */
export function stepsOf({ atMs, tokens }: Pick<OwnTold, 'atMs' | 'tokens'>): readonly number[] {
  const [first, last] = [atMs[0], atMs.at(-1)];
  if (first === undefined || last === undefined || last === first)
    throw new Error('An answer that came at once has no steps to tell.');
  if (atMs.length < tokens) return [(last - first) / (tokens - 1)];
  return atMs.slice(1).map((at, before) => at - (atMs[before] ?? at));
}

function firstOf({ atMs }: OwnTold): number {
  const [first] = atMs;
  if (first === undefined) throw new Error('An answer had no text: there is no first token to tell.');
  return first;
}
