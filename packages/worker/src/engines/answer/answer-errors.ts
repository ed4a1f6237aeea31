import { OrillaError } from '@orilla/contract';

export function notOpen(): OrillaError {
  return new OrillaError('engine.failed', 'No model is open in this engine.', {
    advice: 'Load the model and ask again.',
  });
}

/** What those are told who wait for a model when it is unloaded. */
export function wasUnloaded(): OrillaError {
  return new OrillaError('engine.failed', 'The model was unloaded while it answered.', {
    advice: 'Load it and ask again.',
  });
}

/** `tokens`: those of the prompt. */
export function contextExceeded(tokens: number, contextLength: number): OrillaError {
  return new OrillaError(
    'engine.context-exceeded',
    `The conversation doesn't fit the model's context: it takes ${tokens} tokens, and there are ${contextLength}.`,
    { advice: 'Shorten it, or let the relay answer.', param: 'messages' },
  );
}

/** What was computed can't be told from anything. */
export function noNumbers(): OrillaError {
  return new OrillaError('engine.failed', 'The model on this device computed values that are no numbers.', {
    advice: 'Ask again; if it happens again, choose another model or let the relay answer.',
  });
}

/** The device of an open model is gone. */
export function deviceLost(): OrillaError {
  return new OrillaError('engine.device-lost', 'The GPU went away while the model was open.', {
    advice: 'The model can be opened anew, and the answer go on.',
  });
}
