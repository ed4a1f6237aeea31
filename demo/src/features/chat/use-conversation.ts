import type { PrivacyLabel } from '@orilla/contract';
import type { Orilla } from '@orilla/core';
import { useCallback, useEffect, useReducer, useRef } from 'react';
import { toShownError } from '../errors/error-kind.ts';
import type { ModelFit } from '../models/model-fit.ts';
import { ask } from './ask.ts';
import { type Conversation, converse, emptyConversation, type Turn, toMessages } from './conversation.ts';

export interface Chat {
  readonly conversation: Conversation;
  ask(question: string): void;
  /** Asks the question of a turn again, under the label given or the conversation's own. */
  retry(turn: Turn, label?: PrivacyLabel): void;
  stop(): void;
  setLabel(label: PrivacyLabel): void;
  clear(): void;
}

/** A conversation and the one question that may be running in it. */
export function useConversation(orilla: Orilla, model: string, fit: ModelFit | null): Chat {
  const [conversation, dispatch] = useReducer(converse, emptyConversation);
  const running = useRef<AbortController | null>(null);
  const nextId = useRef(1);

  // A question may fail before the page knows how much memory there is, and is then told by what is known in the end.
  const known = useRef({ model, fit });

  useEffect(() => {
    known.current = { model, fit };
  }, [model, fit]);
  useEffect(() => () => running.current?.abort(), []);

  const run = useCallback(
    async (turns: readonly Turn[], id: number, label: PrivacyLabel) => {
      running.current?.abort();
      const controller = new AbortController();
      running.current = controller;
      try {
        const { isStopped, receipt } = await ask(
          orilla,
          { model, label, messages: toMessages(turns, id) },
          {
            signal: controller.signal,
            onStart: (route) => dispatch({ type: 'started', id, route }),
            onText: (text) => dispatch({ type: 'grew', id, text }),
          },
        );
        if (receipt && !isStopped) dispatch({ type: 'finished', id, receipt });
        else dispatch({ type: 'stopped', id, receipt });
      } catch (error) {
        const { model: other, fit: found } = known.current;
        dispatch({ type: 'failed', id, error: toShownError(error, label, other === model ? found : null) });
      } finally {
        if (running.current === controller) running.current = null;
      }
    },
    [orilla, model],
  );

  return {
    conversation,
    ask(question) {
      const id = nextId.current++;
      const event = { type: 'asked', id, question, model } as const;
      dispatch(event);
      void run(converse(conversation, event).turns, id, conversation.label); // never rejects: every failure becomes a card
    },
    retry(turn, label = conversation.label) {
      if (label !== conversation.label) dispatch({ type: 'labelled', label });
      dispatch({ type: 'retried', id: turn.id, model });
      void run(conversation.turns, turn.id, label); // never rejects: every failure becomes a card
    },
    stop: () => running.current?.abort(),
    setLabel: (label) => dispatch({ type: 'labelled', label }),
    clear() {
      running.current?.abort();
      dispatch({ type: 'cleared' });
    },
  };
}
