import { OrillaError } from '@orilla/contract';
import { StopScanner } from '../../text/stop-scanner.ts';
import type { TimedChunk } from './token-events.ts';

/**
 * Ends llama.cpp's chunks before the first stop string. It has stop strings of its own, but where its answer ends in what might have become
 * one, that text is lost; so it is told none, and is stopped here. Chunks go on whole, once nothing in them can be of a stop string.
 * `before`: text that is out already, in which one may have begun.
 */
export async function* stopChunks(
  chunks: AsyncIterable<TimedChunk>,
  stops: readonly string[],
  { before = '' }: { readonly before?: string } = {},
): AsyncGenerator<TimedChunk, void, undefined> {
  const scanner = new StopScanner(stops);
  /** What waits, and where its text ends in all that came, in UTF-16 units. */
  const held: { readonly timed: TimedChunk; readonly end: number }[] = [];
  let length = before.length;
  scanner.push(before);
  for await (const timed of chunks) {
    const text = textOf(timed);
    length += text.length;
    const found = scanner.push(text);
    held.push({ timed, end: length });
    if (found !== null) {
      yield* upTo(found, held, length);
      yield ended(timed);
      return;
    }
    // Its end tells what is left.
    const isOver = timed.chunk.choices.some(({ finish_reason: reason }) => reason) || timed.chunk.choices.length === 0;
    const safe = isOver ? length : length - scanner.held;
    while (held[0] && held[0].end <= safe) {
      yield held[0].timed;
      held.shift();
    }
  }
}

/** The chunks before a place in the text; the one around it is cut there. */
function* upTo(
  found: number,
  held: readonly { readonly timed: TimedChunk; readonly end: number }[],
  length: number,
): Iterable<TimedChunk> {
  for (const { timed, end } of held) {
    const text = textOf(timed);
    const begin = end - text.length;
    if (end <= found && (end < length || text === '')) yield timed;
    else if (begin < found) yield withText(timed, text.slice(0, found - begin));
  }
}

/** An end as llama.cpp tells it, by the counts that come with each of its chunks. */
function ended({ chunk, atMs }: TimedChunk): TimedChunk {
  const [choice] = chunk.choices;
  const { timings } = chunk;
  if (!choice || !timings)
    throw new OrillaError('engine.failed', 'The engine did not tell how many tokens it used.', {
      advice: 'Leave `stop` out, or let the relay answer.',
    });
  const cached = timings.cache_n ?? 0;
  const usage = {
    prompt_tokens: timings.prompt_n + cached,
    completion_tokens: timings.predicted_n,
    total_tokens: timings.prompt_n + cached + timings.predicted_n,
    prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
  };
  const last = 'delta' in choice ? { ...choice, delta: {} } : { ...choice, text: '' };
  return { chunk: { choices: [{ ...last, logprobs: null, finish_reason: 'stop' }], usage }, atMs };
}

function textOf({ chunk }: TimedChunk): string {
  const [choice] = chunk.choices;
  if (!choice) return '';
  return ('delta' in choice ? choice.delta.content : choice.text) ?? '';
}

function withText({ chunk, atMs }: TimedChunk, text: string): TimedChunk {
  const choices = chunk.choices.map((choice) =>
    'delta' in choice ? { ...choice, delta: { ...choice.delta, content: text } } : { ...choice, text },
  );
  return { chunk: { ...chunk, choices }, atMs };
}
