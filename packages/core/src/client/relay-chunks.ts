import {
  type ChatCompletionChunk,
  headerNames,
  isZone,
  type Receipt,
  type ReceiptPart,
  type WithOrillaResponse,
} from '@orilla/contract';
import { relayStream } from '../relay/relay-stream.ts';
import type { AnswerTotals, ChunkHead } from './device-chunks.ts';

interface RelayChunksOptions {
  /** Goes on every chunk: one answer has one id and one model, wherever it comes from. */
  readonly head: ChunkHead;
  /** The model's name at the relay, for the receipt. */
  readonly model: string;
  readonly totals: AnswerTotals;
}

/**
 * Passes the relay's chunks on and reads from them what the receipt needs. The final chunk that only carries usage and receipt
 * is asked for in any case, so it is held back here; the caller sees it again where the request asked for usage.
 */
export async function* relayChunks(
  response: Response,
  { head, model, totals }: RelayChunksOptions,
): AsyncGenerator<ChatCompletionChunk, void, undefined> {
  totals.parts = [relayPart(response, model, 0)];
  let tokens = 0;
  for await (const chunk of relayStream(response)) {
    if (chunk.usage) totals.usage = chunk.usage;
    totals.parts = [attestedPart(chunk) ?? relayPart(response, model, totals.usage?.completion_tokens ?? tokens)];
    const choice = chunk.choices[0];
    if (!choice) continue;
    if (choice.delta.content) tokens++;
    if (choice.finish_reason) totals.finishReason = choice.finish_reason;
    yield { ...chunk, ...head };
  }
}

/** What the response's headers say of where the answer starts. */
function relayPart(response: Response, model: string, tokens: number): ReceiptPart {
  const zone = response.headers.get(headerNames.upstreamZone);
  return { place: 'relay', model, zone: isZone(zone) ? zone : null, tokens };
}

/** The relay's own account, where it gave one. */
function attestedPart({ orilla }: WithOrillaResponse<object>): ReceiptPart | undefined {
  const receipt: Receipt | undefined = orilla?.receipt;
  return receipt?.parts.at(-1);
}
