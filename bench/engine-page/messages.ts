import type { Question } from './page-bench.ts';

export interface QuestionMessage {
  readonly role: 'system' | 'user';
  readonly content: string;
}

/** A question as every side is asked it. */
export function messagesOf({ system, prompt }: Question): QuestionMessage[] {
  return [
    { role: 'system', content: system },
    { role: 'user', content: prompt },
  ];
}
