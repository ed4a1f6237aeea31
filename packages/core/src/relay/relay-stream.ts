import {
  type ChatCompletionChunk,
  fromWireError,
  holdsWireError,
  OrillaError,
  type WithOrillaResponse,
} from '@orilla/contract';
import { EventSourceParserStream } from 'eventsource-parser/stream';

/** A relay that sends a longer event than this is not sending chat chunks. In UTF-16 units. */
const maxEventLength = 8 * 1024 * 1024;

/**
 * Reads a relay's event stream as chunks. Leaving the loop cancels the response, which tells the relay to abort its upstream.
 * @throws OrillaError as an error event says; `protocol.broken-stream` where the stream ends without `[DONE]`; AbortError
 */
export async function* relayStream(
  response: Response,
): AsyncGenerator<WithOrillaResponse<ChatCompletionChunk>, void, undefined> {
  if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
    await response.body?.cancel();
    throw brokenStream('the relay did not answer with an event stream');
  }
  const events = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream({ maxBufferSize: maxEventLength }))
    .getReader();
  let isDone = false;
  try {
    for (;;) {
      const { done, value } = await events.read();
      if (done) break;
      if (value.data === '[DONE]') {
        isDone = true;
        return;
      }
      yield readChunk(value.data);
    }
    throw brokenStream('the connection ended in the middle of the answer');
  } finally {
    // What the peer did to a stream that we leave anyway is of no interest.
    if (!isDone) await events.cancel().catch(() => undefined);
  }
}

function readChunk(data: string): WithOrillaResponse<ChatCompletionChunk> {
  let chunk: unknown;
  try {
    chunk = JSON.parse(data);
  } catch (cause) {
    throw brokenStream('an event is not JSON', cause);
  }
  if (typeof chunk !== 'object' || chunk === null) throw brokenStream('an event is not an object');
  if (holdsWireError(chunk)) throw fromWireError(502, chunk);
  if (!('choices' in chunk) || !Array.isArray(chunk.choices)) throw brokenStream('an event has no choices');
  return chunk as WithOrillaResponse<ChatCompletionChunk>; // the relay vouches for the rest of OpenAI's shape
}

function brokenStream(why: string, cause?: unknown): OrillaError {
  return new OrillaError('protocol.broken-stream', `The answer from your organization's server broke off: ${why}.`, {
    advice: 'What arrived is incomplete; ask again.',
    cause,
  });
}
