import type { ChatRequest, EmittedAnswer, FinishReason, TokenEvent } from '@orilla/contract';
import { loadCode } from '../../load-code.ts';
import { type AnswerEvent, answerEvents } from '../../text/answer-events.ts';
import type { TokenMask } from '../../text/grammar/token-mask.ts';
import { toolCallParser } from '../../text/tools/tool-call-parser.ts';
import { createSampler } from '../onnx/sampling/sampler.ts';
import { unsupportedField } from '../request/request-errors.ts';
import type { SamplingSettings } from '../request/sampling-settings.ts';
import { ChoiceTokens } from './choice-tokens.ts';
import { contextExceeded } from './engine-errors.ts';
import type { WebllmPackage } from './package-files.ts';
import type { TokenSequence } from './token-sequence.ts';

export interface AnsweringModel extends Pick<WebllmPackage, 'text' | 'conversation' | 'endTokenIds'> {
  readonly sequence: TokenSequence;
  readonly contextLength: number;
}

export interface AnswerOptions {
  readonly request: ChatRequest;
  readonly settings: SamplingSettings;
  readonly emitted: EmittedAnswer | undefined;
  readonly signal: AbortSignal;
}

/** Answers one request, its choices one after the other: there is room for one sequence. @throws as `Engine.generate` */
export async function* answer(
  model: AnsweringModel,
  { request, settings, emitted, signal }: AnswerOptions,
): AsyncGenerator<TokenEvent, void, undefined> {
  const { text, conversation, contextLength } = model;
  // Nothing makes this model call a tool: it may not be told that something does.
  if (settings.toolChoice !== 'auto' && settings.toolChoice !== 'none') throw unsupportedField('tool_choice');
  const rendered = text.renderChat(request);
  const prompt = [...conversation.prefixTokenIds, ...text.encode(rendered)];
  if (prompt.length >= contextLength) throw contextExceeded(prompt.length, contextLength);
  const before = emitted ? emittedIds(model, rendered, emitted) : [];
  const left = (settings.maxTokens ?? Number.POSITIVE_INFINITY) - (emitted?.tokens ?? 0);
  const limit = Math.min(contextLength - prompt.length - before.length, left);
  const usage = { promptTokens: prompt.length, completionTokens: emitted?.tokens ?? 0, cachedTokens: 0 };
  if (limit < 1) {
    // What is continued was cut off at the very place where it would have ended.
    yield { type: 'finish', reason: 'length', ...usage, atMs: now() };
    return;
  }
  const setup = { settings, prompt, before, emitted, limit, signal };
  for (let choice = 0; choice < settings.choices; choice++) {
    const { reason, tokens, cachedTokens } = yield* choiceEvents(model, { ...setup, choice });
    if (choice === 0) usage.cachedTokens = cachedTokens;
    usage.completionTokens += tokens;
    const told = { ...(settings.choices > 1 && { choice }), reason, atMs: now() };
    if (choice + 1 < settings.choices) yield { type: 'choice-end', ...told, choice };
    else yield { type: 'finish', ...told, ...usage };
  }
}

interface ChoiceSetup {
  readonly settings: SamplingSettings;
  readonly choice: number;
  readonly prompt: readonly number[];
  /** Tokens of the answer that are out already. */
  readonly before: readonly number[];
  readonly emitted: EmittedAnswer | undefined;
  readonly limit: number;
  readonly signal: AbortSignal;
}

interface ChoiceEnd {
  readonly reason: FinishReason;
  readonly tokens: number;
  /** Of the prompt. */
  readonly cachedTokens: number;
}

async function* choiceEvents(
  { text, conversation, sequence, endTokenIds }: AnsweringModel,
  { settings, choice, prompt, before, emitted, limit, signal }: ChoiceSetup,
): AsyncGenerator<AnswerEvent, ChoiceEnd, undefined> {
  const sampler = createSampler(settings, { vocabularySize: text.vocabularySize, choice });
  for (const id of before) sampler.accept(id);
  const mask = await maskOf(settings, text, endTokenIds);
  try {
    const start = await sequence.begin([...prompt, ...before], { signal });
    const tokens = new ChoiceTokens({ sequence, logits: start.logits, sampler, mask, endTokenIds, limit, signal });
    const { reason } = yield* answerEvents(tokens.tokens(), {
      text,
      stop: [...settings.stop, ...conversation.stopTexts],
      topLogprobs: settings.topLogprobs,
      tools: settings.tools.length > 0 ? toolCallParser(text.toolFormat) : null,
      ...(settings.choices > 1 && { choice }),
      emitted,
    });
    return {
      reason: reason === 'ended' ? tokens.reason : reason,
      tokens: tokens.count,
      cachedTokens: Math.min(start.cachedTokens, prompt.length),
    };
  } finally {
    mask?.free();
  }
}

/** What makes grammars is fetched by the first request that needs one. */
async function maskOf(
  { responseFormat }: SamplingSettings,
  text: AnsweringModel['text'],
  stopTokenIds: ReadonlySet<number>,
): Promise<TokenMask | null> {
  if (responseFormat.type === 'text') return null;
  const { compileTokenMask } = await loadCode(() => import('../../text/grammar/compile-token-mask.ts'));
  return compileTokenMask(responseFormat, text, { stopTokenIds });
}

/** Exactly the tokens that are out where they are known; else their text, as the vocabulary cuts it behind the prompt. */
function emittedIds({ text }: AnsweringModel, rendered: string, emitted: EmittedAnswer): readonly number[] {
  return emitted.tokenIds ?? text.encode(rendered + emitted.text).slice(text.encode(rendered).length);
}

function now(): number {
  return performance.timeOrigin + performance.now();
}
