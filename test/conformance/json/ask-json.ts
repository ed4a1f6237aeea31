import { ask, firstChoice, textOf } from '../ask.ts';
import type { Subject } from '../case.ts';
import type { Schema } from './bounded-schemas.ts';

export interface JsonAnswer {
  readonly schema: Schema;
  readonly text: string;
  /** The finish reason, or `refused: ` and why. */
  readonly ended: string;
  readonly ms: number;
}

const messages = [{ role: 'user' as const, content: 'Give me an example.' }];

/** Asks for one answer under each schema, one after the other: every other one greedy, the rest sampled, each with a seed of its own. */
export async function askJson(
  subject: Subject,
  schemas: readonly Schema[],
  { onProgress }: { readonly onProgress: (line: string) => void },
): Promise<readonly JsonAnswer[]> {
  const answers: JsonAnswer[] = [];
  for (const [index, schema] of schemas.entries()) {
    const beganMs = performance.now();
    const how = { messages, max_tokens: 320, temperature: index % 2, seed: index };
    const response_format = { type: 'json_schema' as const, json_schema: { name: 'example', schema, strict: true } };
    const { text, ended } = await ask(subject, { ...how, response_format }).then(
      (answer) => ({ text: textOf(answer), ended: firstChoice(answer).finish_reason as string }),
      (error: unknown) => ({ text: '', ended: `refused: ${error instanceof Error ? error.message : error}` }),
    );
    answers.push({ schema, text, ended, ms: Math.round(performance.now() - beganMs) });
    if (answers.length % 25 === 0) onProgress(`JSON: ${answers.length} of ${schemas.length} schemas`);
  }
  return answers;
}
