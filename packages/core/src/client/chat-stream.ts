import type { ChatCompletionChunk, Receipt, Route, WithOrillaResponse } from '@orilla/contract';
import type { OpenedAnswer } from './open-answer.ts';

type Chunk = WithOrillaResponse<ChatCompletionChunk>;

/**
 * A streamed answer: an async iterable of OpenAI's chunks, to be read once. Leaving the loop, or aborting `controller`, stops the
 * computation where it runs. With `stream_options.include_usage` the last chunk carries usage, and the receipt under `orilla`.
 */
export class ChatStream implements AsyncIterable<Chunk> {
  readonly route: Route;
  readonly controller: AbortController;
  /** Resolves when the stream ends, however it ends: what happened, without content. */
  readonly receipt: Promise<Receipt>;
  readonly #answer: OpenedAnswer;
  readonly #includeUsage: boolean;
  readonly #settleReceipt: (receipt: Receipt) => void;
  #isTaken = false;

  constructor(answer: OpenedAnswer, options: { readonly controller: AbortController; readonly includeUsage: boolean }) {
    const { promise, resolve } = Promise.withResolvers<Receipt>();
    this.route = answer.route;
    this.controller = options.controller;
    this.receipt = promise;
    this.#settleReceipt = resolve;
    this.#answer = answer;
    this.#includeUsage = options.includeUsage;
  }

  [Symbol.asyncIterator](): AsyncIterator<Chunk> {
    if (this.#isTaken) throw new TypeError('This stream was read already: a stream can be iterated once only.');
    this.#isTaken = true;
    return this.#read();
  }

  async *#read(): AsyncGenerator<Chunk, void, undefined> {
    const { chunks, head, receipt } = this.#answer;
    try {
      yield* chunks;
      const { usage } = receipt();
      if (this.#includeUsage && usage) {
        yield { ...head, object: 'chat.completion.chunk', choices: [], usage, orilla: { receipt: receipt() } };
      }
    } finally {
      await chunks.return();
      this.#settleReceipt(receipt());
    }
  }
}
