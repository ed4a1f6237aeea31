import type { ChatMessage } from '@orilla/contract';

export interface PlainTurn {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

/** Turns of text, which is what the bench asks. @throws TypeError for any other */
export function plainTurns(messages: readonly ChatMessage[]): PlainTurn[] {
  return messages.map(({ role, content }) => {
    if ((role !== 'user' && role !== 'assistant') || typeof content !== 'string')
      throw new TypeError('The bench asks in turns of text.');
    return { role, content };
  });
}
