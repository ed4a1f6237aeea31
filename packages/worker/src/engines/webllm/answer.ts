import type { ChatRequest, EmittedAnswer, FinishReason, TokenEvent } from '@orilla/contract';
import { answerEvents } from '../../text/answer-events.ts';
import { toolCallParser } from '../../text/tools/tool-call-parser.ts';
import { createSampler } from '../onnx/sampling/sampler.ts';
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

/** Answers one request, its choices one after the other: there is room for one sequence. */
export async function* answer(
  { text, conversation, endTokenIds, sequence, contextLength }: AnsweringModel,
  { request, settings, emitted, signal }: AnswerOptions,
): AsyncGenerator<TokenEvent, void, undefined> {
  const rendered = text.renderChat(request);
  const prompt = [...conversation.prefixTokenIds, ...text.encode(rendered)];
  const before = emitted ? emittedIds(emitted) : [];
  const ids = [...prompt, ...before];
  if (ids.length === 0) ids.push(...endTokenIds); // a template that writes nothing still has to begin somewhere
  if (prompt.length >= contextLength) throw contextExceeded(prompt.length, contextLength);
  const left = (settings.maxTokens ?? Number.POSITIVE_INFINITY) - (emitted?.tokens ?? 0);
  const limit = Math.min(contextLength - ids.length, left);
  let cachedTokens = 0;
  let completionTokens = emitted?.tokens ?? 0;
  if (limit < 1) {
    // What is continued was cut off at the very place where it would have ended.
    yield {
      type: 'finish',
      reason: 'length',
      promptTokens: prompt.length,
      completionTokens,
      cachedTokens,
      atMs: now(),
    };
    return;
  }
  for (let choice = 0; choice < settings.choices; choice++) {
    const sampler = createSampler(settings, { vocabularySize: text.vocabularySize, choice });
    for (const id of before) sampler.accept(id);
    const start = await sequence.begin(ids, { signal });
    if (choice === 0) cachedTokens = Math.min(start.cachedTokens, prompt.length);
    const tokens = new ChoiceTokens({ sequence, logits: start.logits, sampler, endTokenIds, limit, signal });
    const { reason } = yield* answerEvents(tokens.tokens(), {
      text,
      stop: [...settings.stop, ...conversation.stopTexts],
      topLogprobs: settings.topLogprobs,
      tools: settings.tools.length > 0 ? toolCallParser(text.toolFormat) : null,
      ...(settings.choices > 1 && { choice }),
      emitted,
    });
    completionTokens += tokens.count;
    const told: FinishReason = reason === 'ended' ? tokens.reason : reason;
    if (choice + 1 < settings.choices) yield { type: 'choice-end', choice, reason: told, atMs: now() };
    else
      yield {
        type: 'finish',
        ...(settings.choices > 1 && { choice }),
        reason: told,
        promptTokens: prompt.length,
        completionTokens,
        cachedTokens,
        atMs: now(),
      };
  }

  /** Exactly its tokens where they are known; else its text, as the vocabulary cuts it. */
  function emittedIds({ tokenIds, text: out }: EmittedAnswer): readonly number[] {
    return tokenIds ?? text.encode(rendered + out).slice(text.encode(rendered).length);
  }
}

function now(): number {
  return performance.timeOrigin + performance.now();
}
