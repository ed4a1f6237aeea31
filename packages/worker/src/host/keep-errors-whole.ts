import { type ControlFailure, encodeError } from '@orilla/contract';
import { transferHandlers } from 'comlink';

/**
 * Lets the error of a failed control call cross whole. Comlink itself sends an Error's name, message and stack only; what it
 * builds from them on the page has then also `encoded`, which `decodeError` turns back into what was raised.
 */
export function keepErrorsWhole(): void {
  const comlinks = transferHandlers.get('throw');
  if (!comlinks) throw new Error('This comlink has no handler for errors.');
  transferHandlers.set('throw', {
    ...comlinks,
    serialize(thrown) {
      const [serialized, transferables] = comlinks.serialize(thrown);
      return [isSentError(serialized) ? withEncoded(serialized, thrown) : serialized, transferables];
    },
  });
}

interface SentError {
  readonly isError: true;
  readonly value: object;
}

function isSentError(serialized: unknown): serialized is SentError {
  return (
    typeof serialized === 'object' && serialized !== null && 'isError' in serialized && serialized.isError === true
  );
}

function withEncoded(sent: SentError, thrown: unknown): SentError {
  const error = typeof thrown === 'object' && thrown !== null && 'value' in thrown ? thrown.value : thrown;
  return { isError: true, value: { ...sent.value, encoded: encodeError(error) } satisfies ControlFailure };
}
