import { abortReason } from '@orilla/contract';
import type { Network } from './network.ts';
import { type ReadBody, type ReadBodyOptions, readBody } from './read-body.ts';
import { retryAfterMs } from './retry-after.ts';
import { Interruption, type InterruptionOptions } from './with-retry.ts';

/** No answer at all came. What a browser does not let a page read, for want of CORS, looks the same. */
export class Unanswered extends Interruption {
  override readonly name = 'Unanswered';
  readonly url: string;

  constructor(url: string, message: string, options: InterruptionOptions) {
    super(message, options);
    this.url = url;
  }
}

export interface OpenOptions {
  readonly network: Network;
  readonly signal: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the server is called in messages. Default: its origin. */
  readonly serverName?: string;
}

/** An answer whose body is still to be read, and the watch over its connection. */
export interface OpenResponse {
  readonly response: Response;
  /** The body, piece by piece. @throws Interruption where the connection breaks or brings nothing for too long; AbortError */
  read(): AsyncGenerator<Uint8Array, void, undefined>;
  /** The beginning of the body in one piece; what is after it is left unread. @throws as `read` */
  readBytes(options: ReadBodyOptions): Promise<ReadBody>;
  /**
   * The whole body as a Blob, which a browser keeps outside this worker's memory. Nothing is told of it before its end, and the whole of it
   * has only the time that a connection may be silent. @throws as `read`
   */
  readBlob(): Promise<Blob>;
  /** Leaves the body unread. */
  drop(): void;
}

/**
 * Asks for an address. A status that may be another one a moment later is an `Interruption`; every other one is the caller's to judge.
 * @throws Interruption, AbortError
 */
export async function openResponse(url: string, options: OpenOptions): Promise<OpenResponse> {
  const { network, signal, headers = {}, serverName = new URL(url).origin } = options;
  signal.throwIfAborted();
  const stall = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const watch = () => {
    clearTimeout(timer);
    timer = setTimeout(() => stall.abort(), network.stallMs);
  };
  const unanswered = (why: string, how: InterruptionOptions) => new Unanswered(url, why, how);
  const interrupted = (why: string, how: InterruptionOptions) => new Interruption(why, how);
  const guard = async <T>(work: Promise<T>, failure: typeof interrupted): Promise<T> => {
    watch();
    try {
      return await work;
    } catch (error) {
      if (signal.aborted) throw abortReason(signal);
      const why = stall.signal.aborted
        ? `sent nothing for ${network.stallMs / 1000} s`
        : 'could not be reached, or broke off';
      throw failure(`${serverName} ${why}`, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  };
  const response = await guard(
    // What is stored is verified; a copy in the browser's own cache would take the room twice, and answer a second try with the same bytes.
    network.fetch(url, { headers, cache: 'no-store', signal: AbortSignal.any([signal, stall.signal]) }),
    unanswered,
  );
  const drop = () => stall.abort();
  if (response.status === 408 || response.status === 429 || response.status >= 500) {
    drop();
    throw new Interruption(`${serverName} answered with status ${response.status}`, {
      retryAfterMs: retryAfterMs(response, network),
    });
  }
  const guardRead = <T>(read: Promise<T>) => guard(read, interrupted);
  return {
    response,
    drop,
    async readBytes(wanted) {
      let isAtEnd = false;
      try {
        const read = await readBody(response.body, guardRead, wanted);
        isAtEnd = !read.isLonger;
        return read;
      } finally {
        // A connection that is dropped can't be used for the next request.
        if (!isAtEnd) drop();
      }
    },
    async readBlob() {
      let isAtEnd = false;
      try {
        const blob = await guardRead(response.blob());
        isAtEnd = true;
        return blob;
      } finally {
        if (!isAtEnd) drop();
      }
    },
    async *read() {
      const reader = response.body?.getReader();
      if (!reader) return;
      try {
        for (;;) {
          const { done, value } = await guardRead(reader.read());
          if (done) return;
          yield value;
        }
      } finally {
        drop();
      }
    },
  };
}

export function isHtml(response: Response): boolean {
  return /^text\/html\b/i.test(response.headers.get('Content-Type') ?? '');
}
