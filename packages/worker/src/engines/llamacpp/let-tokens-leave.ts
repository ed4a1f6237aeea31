import { createNextTask } from '../../next-task.ts';

/** The action by which wllama asks its worker for the next token. */
const nextToken = 'get_result';

export interface LetTokensLeaveOptions {
  /** Settles in a later task than the one that asked. */
  readonly nextTask?: () => Promise<void>;
  /** Told once when it could not: tokens then leave later than they might. Default: the console. */
  readonly note?: (message: string) => void;
}

/**
 * Makes an opened wllama wait for one task before it asks for the next token, so that the one it just gave is on its way to the page first.
 * wllama itself asks in the same breath in which it gives: then llama.cpp's threads have every core again before the token has left, and on a
 * machine with few of them the page waits for milliseconds. None of wllama's options, its iterator and callbacks included, has a say in when
 * it asks, so this reaches inside, for the one method that it asks by.
 * Gives whether it could: a wllama that is made otherwise stays as it is, and answers all the same.
 */
export function letTokensLeave(
  wllama: object,
  { nextTask = turnTask, note = noteOnce }: LetTokensLeaveOptions = {},
): boolean {
  const proxy = 'proxy' in wllama ? wllama.proxy : null;
  if (!takesActions(proxy)) {
    note(
      'Orilla: this wllama asks for tokens in a way that is not known here, so that they reach the page a little later.',
    );
    return false;
  }
  const act = proxy.wllamaAction.bind(proxy);
  proxy.wllamaAction = async (name, ...args) => {
    if (name === nextToken) await nextTask();
    return act(name, ...args);
  };
  return true;
}

interface TakesActions {
  wllamaAction(name: string, ...args: readonly unknown[]): Promise<unknown>;
}

function takesActions(proxy: unknown): proxy is TakesActions {
  return (
    typeof proxy === 'object' && proxy !== null && 'wllamaAction' in proxy && typeof proxy.wllamaAction === 'function'
  );
}

/** Of all models that are ever opened: each would keep a channel of its own for good. */
const turnTask = createNextTask();
const noteOnce = createNoteOnce((message) => console.warn(message));

/** Tells the first of all messages. */
export function createNoteOnce(note: (message: string) => void): (message: string) => void {
  let isNoted = false;
  return (message) => {
    if (!isNoted) note(message);
    isNoted = true;
  };
}
