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

  constructor(answer: OpenedAnswer, options: ChatStreamOptions) {
    const { promise, resolve } = Promise.withResolvers<Receipt>();
    this.route = answer.route;
    this.controller = options.controller;
    this.receipt = promise;
    this.#settleReceipt = resolve;
    this.#answer = answer;
    this.#includeUsage = options.includeUsage;
    // A stream that nobody reads has no loop to leave.
    options.signal.addEventListener('abort', () => this.#endUnread(), { once: true });
    if (options.signal.aborted) this.#endUnread();
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Chunk> {
    if (this.#isTaken) throw new TypeError('This stream was read already: a stream can be iterated once only.');
    this.#isTaken = true;
    const reading = this.#read();
    return {
      next: () => reading.next(),
      // A generator that was never started has no `finally` to run.
      return: async () => {
        const end = await reading.return();
        await this.#end();
        return end;
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
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
      await this.#end();
    }
  }

  #endUnread(): void {
    if (!this.#isTaken) this.#end().catch(() => undefined); // it was aborted: how it ends concerns nobody
  }

  async #end(): Promise<void> {
    try {
      await this.#answer.stop();
    } finally {
      this.#settleReceipt(this.#answer.receipt());
    }
  }
}

export interface ChatStreamOptions {
  readonly controller: AbortController;
  /** Aborts with the controller, and with the caller's own signal. */
  readonly signal: AbortSignal;
  readonly includeUsage: boolean;
}
