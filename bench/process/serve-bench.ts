import type { ChildMessage } from './bench-child.ts';

/**
 * The child's end of `startChild`: says that it is ready, answers questions one after the other, and ends with its parent.
 * An error of `answer` reaches who asked.
 */
export function serveBench<Question, Answer>(
  ready: unknown,
  answer: (question: Question) => Promise<Answer> = () => Promise.reject(new Error('This child answers no questions.')),
): void {
  const send = (message: ChildMessage) => process.send?.(message);
  process.on('disconnect', () => process.exit());
  process.on('message', (question: Question) => {
    answer(question).then(
      (value) => send({ type: 'answer', value }),
      (error: unknown) => send({ type: 'failed', message: error instanceof Error ? error.message : String(error) }),
    );
  });
  send({ type: 'ready', value: ready });
}
