import { OrillaError } from '@orilla/contract';
import type { CheckedRequest } from '../http/check-request.ts';
import { isJsonRecord } from '../http/json-record.ts';
import { claimedStatus, fromUpstreamError, isUpstreamError } from '../upstreams/upstream-error.ts';
import { readFinishReason, readUsage } from './answer-receipt.ts';
import type { AnswerOptions } from './answer-stream.ts';
import { encodeEmbeddings } from './embedding-encoding.ts';
import { useOneReasoningName } from './one-reasoning-name.ts';

/**
 * An answer that was not streamed, as the client gets it: the same text where nothing had to change.
 * @throws OrillaError `relay.upstream-failed` where it is no answer; what the upstream's own error becomes where it is one
 */
export function answerJson(
  bytes: Buffer,
  request: Pick<CheckedRequest, 'endpoint' | 'encoding' | 'choices'>,
  options: Pick<AnswerOptions, 'model' | 'receipt'>,
): string {
  const text = bytes.toString('utf8');
  const answer = parse(text);
  if (isUpstreamError(answer)) throw fromUpstreamError(claimedStatus(answer), answer);
  if (!isJsonRecord(answer)) throw notAnAnswer();
  // Some servers send `"error": null` with every answer, and some clients take the key alone for an error.
  let isChanged = 'error' in answer;
  if (isChanged) delete answer.error;
  if (answer.model !== options.model) isChanged = true;
  answer.model = options.model;
  let finishReason: unknown = null;
  if (request.endpoint.name === 'embeddings') {
    isChanged = encodeEmbeddings(answer, request.encoding) || isChanged;
  } else {
    if (!Array.isArray(answer.choices) || answer.choices.length < request.choices) throw notAnAnswer();
    for (const choice of answer.choices) {
      // Without a reason the model did not come to its end, as in a stream.
      if (!isJsonRecord(choice) || !choice.finish_reason) throw notAnAnswer();
      finishReason ??= choice.finish_reason;
      if (isJsonRecord(choice.message) && useOneReasoningName(choice.message)) isChanged = true;
    }
  }
  if (options.receipt) {
    const figures = { usage: readUsage(answer.usage), finishReason: readFinishReason(finishReason) };
    answer.orilla = { receipt: options.receipt(figures) };
    isChanged = true;
  }
  return isChanged ? JSON.stringify(answer) : text;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notAnAnswer(); // the parser's message quotes the answer
  }
}

const notAnAnswer = () =>
  new OrillaError('relay.upstream-failed', 'The model server answered with something that is no answer.', {
    advice: 'The operator must check that the upstream speaks the API of OpenAI at this address.',
  });
