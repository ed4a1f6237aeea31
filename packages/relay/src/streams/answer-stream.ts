import { type FinishReason, OrillaError, type Receipt, toWireError, type Usage } from '@orilla/contract';
import { isJsonRecord, type JsonRecord } from '../http/json-record.ts';
import { claimedStatus, fromUpstreamError, isUpstreamError } from '../upstreams/upstream-error.ts';
import { type AnswerFigures, readFinishReason, readUsage } from './answer-receipt.ts';
import { useOneReasoningName } from './one-reasoning-name.ts';
import { readBlock } from './read-block.ts';
import { type EventBlock, EventSplitter } from './split-events.ts';

export interface AnswerOptions {
  /** The model's name as the client knows it. */
  readonly model: string;
  /** How many choices the client asked for: so many must come to their end. */
  readonly choices: number;
  /** The client asked for the usage. */
  readonly wantsUsage: boolean;
  /** Writes the receipt where the client asked for one. */
  readonly receipt: ((figures: AnswerFigures) => Receipt) | null;
}

const done = Buffer.from('data: [DONE]\n\n');
const keepAlive = Buffer.from(': keep-alive\n\n');

/**
 * A streamed answer on its way from an upstream to the client: bytes in, bytes out, at once. Events that need no change
 * are passed on as the bytes they are. It ends in exactly one of two ways: complete and with `[DONE]`, or with one error
 * event and without: an upstream that breaks off, whatever it says last, never becomes a clean end.
 */
export class AnswerStream {
  readonly #options: AnswerOptions;
  readonly #splitter = new EventSplitter();
  readonly #finished = new Set<number>();
  #usage: Usage | null = null;
  #finishReason: FinishReason | null = null;
  /** The chunk that carries the receipt: the usage chunk, or one made like the first. */
  #last: JsonRecord | null = null;
  #state: 'open' | 'done' | 'failed' = 'open';
  #failure: OrillaError | null = null;

  constructor(options: AnswerOptions) {
    this.#options = options;
  }

  /** Nothing more will come of it. */
  get isOver(): boolean {
    return this.#state !== 'open';
  }

  /** Why it ended with an error event, or `null`. */
  get failure(): OrillaError | null {
    return this.#failure;
  }

  /** Bytes for the client, `null` where there are none yet. */
  push(chunk: Buffer): Buffer | null {
    if (this.isOver) return null;
    const blocks = this.#splitter.push(chunk);
    if (!blocks) return this.fail(broken('sent an event longer than the relay takes'));
    const out: Buffer[] = [];
    for (const block of blocks) {
      const bytes = this.#read(block);
      if (bytes) out.push(bytes);
      if (this.isOver) break;
    }
    return out.length > 1 ? Buffer.concat(out) : (out[0] ?? null);
  }

  /** The upstream has ended its response in good order. */
  end(): Buffer | null {
    if (this.isOver) return null;
    const rest = this.#splitter.rest();
    const before = rest && this.#read(rest);
    if (this.isOver) return before;
    const last = this.#finish();
    return before ? Buffer.concat([before, last]) : last;
  }

  /** Ends it with an error event. */
  fail(error: OrillaError): Buffer {
    this.#state = 'failed';
    this.#failure = error;
    return event(toWireError(error));
  }

  #read(block: EventBlock): Buffer | null {
    const content = readBlock(block);
    if (content.kind === 'nothing') return null;
    if (content.kind === 'comment') return keepAlive;
    if (content.data === '[DONE]') return this.#finish();
    let chunk: unknown;
    try {
      chunk = JSON.parse(content.data);
    } catch {
      // Passing it over would leave a hole in the text that nobody sees.
      return this.fail(broken('sent an event that is not JSON'));
    }
    if (!isJsonRecord(chunk)) return this.fail(broken('sent an event that is not an object'));
    if (isUpstreamError(chunk)) return this.fail(fromUpstreamError(claimedStatus(chunk), chunk));
    const isChanged = this.#settle(chunk);
    if (isChanged === 'foreign') return this.fail(broken('sent a choice that it was not asked for'));
    if (isChanged === 'drop') return null;
    return isChanged || !content.isVerbatim ? event(chunk) : block.bytes;
  }

  /** Takes note of what a chunk tells and makes it the client's. Whether it was changed, or is not for the client. */
  #settle(chunk: JsonRecord): boolean | 'drop' | 'foreign' {
    const { model, wantsUsage, receipt } = this.#options;
    // Some servers send `"error": null` with every chunk, and some clients take the key alone for an error.
    let isChanged = 'error' in chunk;
    if (isChanged) delete chunk.error;
    if (chunk.model !== model) {
      chunk.model = model;
      isChanged = true;
    }
    const choices = Array.isArray(chunk.choices) ? chunk.choices : [];
    for (const choice of choices) {
      if (!isJsonRecord(choice)) continue;
      const { index = 0 } = choice;
      if (!isIndex(index, this.#options.choices)) return 'foreign';
      if (choice.finish_reason) {
        this.#finished.add(index);
        this.#finishReason = readFinishReason(choice.finish_reason);
      }
      if (isJsonRecord(choice.delta) && useOneReasoningName(choice.delta)) isChanged = true;
    }
    if (receipt && !this.#last) this.#last = { id: chunk.id, object: chunk.object, created: chunk.created, model };
    const usage = readUsage(chunk.usage);
    if (!usage) return isChanged;
    this.#usage = usage;
    if (!wantsUsage) {
      delete chunk.usage;
      isChanged = true;
    }
    if (choices.length > 0) return isChanged;
    if (receipt) this.#last = chunk;
    return receipt || !wantsUsage ? 'drop' : isChanged;
  }

  #finish(): Buffer {
    if (this.#finished.size < this.#options.choices)
      return this.fail(broken('ended its answer before it was complete'));
    this.#state = 'done';
    const { receipt } = this.#options;
    if (!receipt) return done;
    const figures = { usage: this.#usage, finishReason: this.#finishReason };
    return Buffer.concat([event({ ...this.#last, choices: [], orilla: { receipt: receipt(figures) } }), done]);
  }
}

const isIndex = (value: unknown, below: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < below;

const event = (data: unknown): Buffer => Buffer.from(`data: ${JSON.stringify(data)}\n\n`);

const broken = (what: string): OrillaError =>
  new OrillaError('protocol.broken-stream', `The model server ${what}.`, { advice: 'Ask again.' });
