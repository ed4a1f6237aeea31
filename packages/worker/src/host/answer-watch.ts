import { type CallControl, type EncodedError, encodeError } from '@orilla/contract';

export interface WatchEnded {
  readonly type: 'ended';
  readonly error: EncodedError;
}

/**
 * Watches something for a page and tells it on a port, until the page aborts or closes the port. Where it can't be watched any more the last
 * message says why. Never rejects; settles when nothing watches.
 */
export async function answerWatch<Message>(
  port: MessagePort,
  watch: (options: { readonly signal: AbortSignal; readonly tell: (message: Message) => void }) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  const { signal } = controller;
  port.addEventListener('message', ({ data }: MessageEvent<CallControl>) => {
    if (data.type === 'abort') controller.abort();
  });
  port.addEventListener('close', () => controller.abort());
  port.start();
  try {
    await watch({ signal, tell: (message) => port.postMessage(message) });
  } catch (error) {
    port.postMessage({ type: 'ended', error: encodeError(error) } satisfies WatchEnded);
  } finally {
    port.close();
  }
}
