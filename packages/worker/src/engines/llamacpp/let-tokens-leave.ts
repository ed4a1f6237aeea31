/** The action by which wllama asks its worker for the next token. */
const nextToken = 'get_result';

export interface LetTokensLeaveOptions {
  /** Settles in a later task than the one that asked. */
  readonly nextTask?: () => Promise<void>;
}

/**
 * Makes an opened wllama wait for one task before it asks for the next token, so that the one it just gave is on its way to the page first.
 * wllama itself asks in the same breath in which it gives: then llama.cpp's threads have every core again before the token has left, and on a
 * machine with few of them the page waits for milliseconds. None of wllama's options, its iterator and callbacks included, has a say in when
 * it asks, so this reaches inside, for the one method that it asks by.
 * Gives whether it could: a wllama that is made otherwise stays as it is, and answers all the same.
 */
export function letTokensLeave(wllama: object, { nextTask = taskTurns() }: LetTokensLeaveOptions = {}): boolean {
  const proxy = 'proxy' in wllama ? wllama.proxy : null;
  if (!takesActions(proxy)) return false;
  const act = proxy.wllamaAction.bind(proxy);
  proxy.wllamaAction = async (name, body) => {
    if (name === nextToken) await nextTask();
    return act(name, body);
  };
  return true;
}

interface TakesActions {
  wllamaAction(name: string, body: unknown): Promise<unknown>;
}

function takesActions(proxy: unknown): proxy is TakesActions {
  return (
    typeof proxy === 'object' && proxy !== null && 'wllamaAction' in proxy && typeof proxy.wllamaAction === 'function'
  );
}

/** By messages to itself: a timer would be slower, and browsers slow it down further where nobody looks at the page. */
function taskTurns(): () => Promise<void> {
  const { port1: here, port2: there } = new MessageChannel();
  const waiting: (() => void)[] = [];
  here.onmessage = () => waiting.shift()?.();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      there.postMessage(null);
    });
}
