import type { CallControl } from '@orilla/contract';

/**
 * Watches something for a page and tells it on a port, until the page aborts or closes the port. What can't be watched any more closes
 * it: the calls that fail for the same reason say why. Never rejects; settles when nothing watches.
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
  } catch {
    // As said above.
  } finally {
    port.close();
  }
}
