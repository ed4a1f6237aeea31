import {
  abortReason,
  type CallControl,
  type CallMessage,
  encodeError,
  type LoadProgress,
  type TokenEvent,
} from '@orilla/contract';
import { batchTokens } from './batch-tokens.ts';

/** What the work of a call has in hand. */
export interface Call {
  /** Aborts when the page aborts the call. */
  readonly signal: AbortSignal;
  progress(progress: LoadProgress): void;
  token(event: TokenEvent): void;
}

/**
 * Runs one call and answers on its port: progress and tokens while it works, `done` or `error` as the last message.
 * An abort is answered at once, however long the work takes to stop. Never rejects; settles when the work has stopped.
 */
export async function answerCall<Result>(port: MessagePort, work: (call: Call) => Promise<Result>): Promise<void> {
  const controller = new AbortController();
  const { signal } = controller;
  let isAnswered = false;
  const send = (message: CallMessage<Result>) => {
    if (!isAnswered) port.postMessage(message);
  };
  const batch = batchTokens((events) => send({ type: 'tokens', events }));
  const answer = (last: CallMessage<Result>) => {
    batch.flush();
    send(last);
    isAnswered = true;
    port.close();
  };
  port.addEventListener('message', ({ data }: MessageEvent<CallControl>) => {
    if (data.type === 'abort') controller.abort();
  });
  // A page that leaves should say so. That its end of the port closed is told by few browsers yet.
  port.addEventListener('close', () => controller.abort());
  signal.addEventListener('abort', () => answer({ type: 'error', error: encodeError(abortReason(signal)) }));
  port.start();
  try {
    const result = await work({
      signal,
      progress: (progress) => send({ type: 'progress', progress }),
      token: (event) => batch.push(event),
    });
    answer({ type: 'done', result });
  } catch (error) {
    answer({ type: 'error', error: encodeError(error) });
  }
}
