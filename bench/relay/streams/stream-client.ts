import { chatPath, streamRequest } from '../chat-exchange.ts';
import { type DispatchController, Pool } from '../undici.ts';

/** Where streamed answers are asked for. */
export interface Target {
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** One connection to one server, over which one answer is streamed at a time. */
export interface StreamClient extends AsyncDisposable {
  /** Milliseconds from the request until its first token is here; the answer, of two tokens, is read to its end. */
  timeToFirstToken(): Promise<number>;
  /** Leaves an answer that goes on and on after its first token; gives the time by `performance.now()` right before. */
  leaveAfterFirstToken(): Promise<number>;
}

export function streamClient({ origin, headers }: Target): StreamClient {
  const pool = new Pool(origin, { connections: 1, pipelining: 1 });
  const ask = (tokens: number, onFirstToken: (controller: DispatchController) => void) =>
    new Promise<void>((resolve, reject) => {
      let hasToken = false;
      let status = 0;
      pool.dispatch(
        {
          method: 'POST',
          path: chatPath,
          headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
          body: streamRequest(tokens),
        },
        {
          onRequestStart: () => undefined,
          onResponseStart: (_, code) => {
            status = code;
          },
          onResponseData: (controller, chunk) => {
            if (hasToken || !chunk.includes('"content":"token 0 ')) return;
            hasToken = true;
            onFirstToken(controller);
          },
          onResponseEnd: () => (hasToken ? resolve() : reject(new Error(`No token came: status ${status}.`))),
          onResponseError: (_, error) => reject(error),
        },
      );
    });
  return {
    async timeToFirstToken() {
      let first = Number.NaN;
      const start = performance.now();
      await ask(2, () => {
        first = performance.now();
      });
      return first - start;
    },
    async leaveAfterFirstToken() {
      let left = Number.NaN;
      const leaving = new Error('the client leaves, as it was told to');
      await ask(1_000_000, (controller) => {
        left = performance.now();
        controller.abort(leaving);
      }).catch((error: unknown) => {
        if (error !== leaving) throw error;
      });
      return left;
    },
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}
