import type { ChatRequest, EmittedAnswer, Feature, FinishReason, GenerateOptions, TokenEvent } from '@orilla/contract';
import { type AnswerEnd, type AnswerEvent, answerEvents } from '../../text/answer-events.ts';
import { toolCallParser } from '../../text/tools/tool-call-parser.ts';
import { unsupportedField } from '../request/request-errors.ts';
import { type SamplingSettings, samplingSettings } from '../request/sampling-settings.ts';
import { ChoiceTokens } from './choice-tokens.ts';
import { contextExceeded } from './engine-errors.ts';
import { mergeChoices } from './merge-choices.ts';
import { nextTask, type OpenModel, type PromptRun, runPrompt } from './prompt-run.ts';
import { createSampler } from './sampling/sampler.ts';

export interface AnswerOptions extends GenerateOptions {
  readonly features: readonly Feature[];
}

/** One request, from its messages to the event that ends it. @throws as `Engine.generate` */
export async function* answerOf(
  open: OpenModel,
  request: ChatRequest,
  { signal, emitted, features }: AnswerOptions,
): AsyncGenerator<TokenEvent, void, undefined> {
  const settings = samplingSettings(request, { features });
  // Nothing makes this model call a tool: it may not be told that something does.
  if (settings.toolChoice !== 'auto' && settings.toolChoice !== 'none') throw unsupportedField('tool_choice');
  const rendered = open.text.renderChat(request);
  const prompt = open.text.encode(rendered);
  if (prompt.length >= open.contextLength) throw contextExceeded(prompt.length, open.contextLength);
  const before = emitted ? emittedIds(open, rendered, emitted) : [];
  const tokens = [...prompt, ...before];
  const limit = Math.min(
    open.contextLength - tokens.length,
    (settings.maxTokens ?? Number.POSITIVE_INFINITY) - (emitted?.tokens ?? 0),
  );
  const usage = { promptTokens: prompt.length, completionTokens: emitted?.tokens ?? 0, cachedTokens: 0 };
  if (limit <= 0) {
    // It was cut off at the very place where it would have ended.
    yield { type: 'finish', reason: 'length', ...usage, atMs: now() };
    return;
  }
  const run = await runPrompt(open, tokens, { signal });
  const choices: ChoiceTokens[] = [];
  try {
    for (let choice = 0; choice < settings.choices; choice += 1)
      choices.push(await choiceOf(open, run, { settings, choice, before, limit, signal }));
    const streams = choices.map((tokens, choice) => eventsOf(open, tokens, { settings, choice, emitted }));
    let unfinished = choices.length;
    for await (const step of mergeChoices(streams)) {
      if ('value' in step) {
        yield step.value;
        continue;
      }
      const { choice, end } = step;
      unfinished -= 1;
      const told = { ...(settings.choices > 1 && { choice }), reason: end, atMs: now() };
      if (unfinished > 0) {
        yield { type: 'choice-end', ...told, choice };
        continue;
      }
      const computed = choices.reduce((sum, { ids }) => sum + ids.length, 0);
      yield {
        type: 'finish',
        ...told,
        ...usage,
        completionTokens: usage.completionTokens + computed,
        cachedTokens: Math.min(run.cachedTokens, prompt.length),
      };
    }
  } finally {
    keepBeginning(open, tokens, run, choices[0]);
    for (const choice of choices) choice.release();
    run.kv.release();
  }
}

/** Exactly the tokens that are out where they are known; else their text, as the vocabulary cuts it behind the prompt. */
function emittedIds({ text }: OpenModel, rendered: string, emitted: EmittedAnswer): readonly number[] {
  return emitted.tokenIds ?? text.encode(rendered + emitted.text).slice(text.encode(rendered).length);
}

interface ChoiceSetup {
  readonly settings: SamplingSettings;
  readonly choice: number;
  /** Tokens of the answer that are out already. */
  readonly before: readonly number[];
  readonly limit: number;
  readonly signal: AbortSignal;
}

async function choiceOf(open: OpenModel, start: PromptRun, setup: ChoiceSetup): Promise<ChoiceTokens> {
  const { settings, choice, before, limit, signal } = setup;
  const sampler = createSampler(settings, { vocabularySize: open.text.vocabularySize, choice });
  for (const id of before) sampler.accept(id);
  const { model, endTokenIds, text, compileMask } = open;
  const { responseFormat } = settings;
  const isFree = responseFormat.type === 'text';
  const mask = isFree ? null : await compileMask(responseFormat, text, { stopTokenIds: endTokenIds });
  return new ChoiceTokens({ model, start, sampler, mask, endTokenIds, limit, signal, nextTask });
}

interface ChoiceEvents {
  readonly settings: SamplingSettings;
  readonly choice: number;
  readonly emitted: EmittedAnswer | undefined;
}

async function* eventsOf(
  { text }: OpenModel,
  tokens: ChoiceTokens,
  { settings, choice, emitted }: ChoiceEvents,
): AsyncGenerator<AnswerEvent, FinishReason, undefined> {
  const { stop, topLogprobs } = settings;
  const end: AnswerEnd = yield* answerEvents(tokens.tokens(), {
    text,
    stop,
    topLogprobs,
    emitted,
    tools: settings.tools.length > 0 ? toolCallParser(text.toolFormat) : null,
    ...(settings.choices > 1 && { choice }),
  });
  return end.reason === 'ended' ? tokens.reason : end.reason;
}

/** What was computed for the first answer is where the next turn of this conversation begins. */
function keepBeginning(
  { prefixes, model }: OpenModel,
  tokens: readonly number[],
  run: PromptRun,
  first: ChoiceTokens | undefined,
): void {
  if (!model.session.isOpen) return;
  const kv = (first?.kv ?? run.kv).hold();
  prefixes.keep([...tokens, ...(first?.ids ?? [])].slice(0, kv.length), kv);
}

function now(): number {
  return performance.timeOrigin + performance.now();
}
