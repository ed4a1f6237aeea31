import { type ChatMessage, type PrivacyLabel, type Receipt, type Route, strictest } from '@orilla/contract';
import type { ShownError } from '../errors/error-kind.ts';

/** How far an answer is. What the page may show of it, and nothing more, is in each state. */
export type Answer =
  | { readonly status: 'waiting' }
  | { readonly status: 'streaming'; readonly text: string; readonly route: Route }
  | { readonly status: 'finished'; readonly text: string; readonly route: Route; readonly receipt: Receipt }
  | {
      readonly status: 'stopped';
      readonly text: string;
      readonly route: Route | null;
      readonly receipt: Receipt | null;
    }
  | { readonly status: 'failed'; readonly text: string; readonly route: Route | null; readonly error: ShownError };

/** A question and what came of it. */
export interface Turn {
  readonly id: number;
  readonly question: string;
  readonly model: string;
  readonly label: PrivacyLabel;
  readonly answer: Answer;
}

export interface Conversation {
  readonly label: PrivacyLabel;
  readonly turns: readonly Turn[];
}

export type ConversationEvent =
  | { readonly type: 'asked'; readonly id: number; readonly question: string; readonly model: string }
  | { readonly type: 'retried'; readonly id: number; readonly model: string }
  | { readonly type: 'started'; readonly id: number; readonly route: Route }
  | { readonly type: 'grew'; readonly id: number; readonly text: string }
  | { readonly type: 'finished'; readonly id: number; readonly receipt: Receipt }
  | { readonly type: 'stopped'; readonly id: number; readonly receipt: Receipt | null }
  | { readonly type: 'failed'; readonly id: number; readonly error: ShownError }
  | { readonly type: 'labelled'; readonly label: PrivacyLabel }
  | { readonly type: 'cleared' };

export const emptyConversation: Conversation = { label: 'organization', turns: [] };

/** What a conversation becomes by an event. An event of a turn that is gone changes nothing. */
export function converse(conversation: Conversation, event: ConversationEvent): Conversation {
  const { label, turns } = conversation;
  switch (event.type) {
    case 'asked': {
      const { id, question, model } = event;
      return { label, turns: [...turns, { id, question, model, label, answer: { status: 'waiting' } }] };
    }
    case 'labelled':
      return { label: event.label, turns };
    case 'cleared':
      return { label, turns: [] };
    default:
      return { label, turns: turns.map((turn) => (turn.id === event.id ? advance(turn, event, label) : turn)) };
  }
}

type TurnEvent = Exclude<ConversationEvent, { readonly type: 'asked' | 'labelled' | 'cleared' }>;

function advance(turn: Turn, event: TurnEvent, label: PrivacyLabel): Turn {
  if (event.type === 'retried') return { ...turn, model: event.model, label, answer: { status: 'waiting' } };
  return { ...turn, answer: nextAnswer(turn.answer, event) };
}

function nextAnswer(answer: Answer, event: Exclude<TurnEvent, { readonly type: 'retried' }>): Answer {
  if (answer.status !== 'waiting' && answer.status !== 'streaming') return answer;
  const text = answer.status === 'streaming' ? answer.text : '';
  const route = answer.status === 'streaming' ? answer.route : null;
  switch (event.type) {
    case 'started':
      return { status: 'streaming', text, route: event.route };
    case 'grew':
      return route ? { status: 'streaming', text: text + event.text, route } : answer;
    case 'finished':
      return route ? { status: 'finished', text, route, receipt: event.receipt } : answer;
    case 'stopped':
      return { status: 'stopped', text, route, receipt: event.receipt };
    case 'failed':
      return { status: 'failed', text, route, error: event.error };
  }
}

export const isRunning = (turn: Turn | undefined): boolean =>
  turn?.answer.status === 'waiting' || turn?.answer.status === 'streaming';

/** The same words for every model, in place of what each one's own template would say where nothing is said. */
const instruction: ChatMessage = { role: 'system', content: 'You are a helpful assistant.' };

/**
 * What a model is given: the instruction, every exchange that came to something before turn `id`, then its question. An exchange
 * under a stricter label than this turn's stays out: what was asked on the device alone must not leave with a later question.
 */
export function toMessages(turns: readonly Turn[], id: number): ChatMessage[] {
  const messages: ChatMessage[] = [instruction];
  const label = turns.find((turn) => turn.id === id)?.label ?? 'device';
  for (const turn of turns) {
    if (turn.id === id) return [...messages, { role: 'user', content: turn.question }];
    if (strictest({ label }, turn).label !== label) continue;
    const { answer } = turn;
    if ((answer.status !== 'finished' && answer.status !== 'stopped') || answer.text === '') continue;
    messages.push({ role: 'user', content: turn.question }, { role: 'assistant', content: answer.text });
  }
  return messages;
}
