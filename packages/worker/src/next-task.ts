export interface NextTaskOptions {
  readonly makeChannel?: () => MessageChannel;
}

/**
 * Gives what settles in a later task than the one that asked, by messages to itself: a timer would be slower, and browsers slow it down
 * further where nobody looks at the page. The channel is made when it is first needed, and stays: one is enough for all who ask.
 */
export function createNextTask({
  makeChannel = () => new MessageChannel(),
}: NextTaskOptions = {}): () => Promise<void> {
  const waiting: (() => void)[] = [];
  let to: MessagePort | undefined;

  function open(): MessagePort {
    const { port1: here, port2: there } = makeChannel();
    here.onmessage = () => waiting.shift()?.();
    return there;
  }

  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      to ??= open();
      to.postMessage(null);
    });
}
