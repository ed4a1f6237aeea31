import { Ajv2020 } from 'ajv/dist/2020.js';
import type { JsonAnswer } from './ask-json.ts';

export interface JsonVerdict {
  readonly asked: number;
  /** That ended by themselves. */
  readonly stopped: number;
  /** What ended by itself and is not what its schema says, or is no JSON, with the reason. */
  readonly invalid: readonly string[];
  /** What did not end by itself, with how it ended. */
  readonly unfinished: readonly string[];
  /** That the answers took. */
  readonly ms: number;
}

/** Judges answers by a validator that no engine and none of our grammars knows of. */
export function judgeJson(answers: readonly JsonAnswer[]): JsonVerdict {
  const validator = new Ajv2020({ strict: true });
  const stopped = answers.filter(({ ended }) => ended === 'stop');
  const invalid = stopped.flatMap((answer) => {
    const fault = faultOf(answer, validator);
    return fault === null ? [] : [`${fault}: ${shown(answer)}`];
  });
  const unfinished = answers
    .filter(({ ended }) => ended !== 'stop')
    .map((answer) => `${answer.ended}: ${shown(answer)}`);
  const ms = answers.reduce((sum, answer) => sum + answer.ms, 0);
  return { asked: answers.length, stopped: stopped.length, invalid, unfinished, ms };
}

/** Why they are not good enough: nearly all must end by themselves, and what does must be valid without exception. */
export function jsonFaults({ asked, stopped, invalid, unfinished }: JsonVerdict): readonly string[] {
  return stopped < 0.95 * asked ? [...invalid, ...unfinished] : invalid;
}

/** One line, and one for each answer that did not end by itself. */
export function verdictLines({ asked, stopped, invalid, unfinished, ms }: JsonVerdict): readonly string[] {
  const seconds = Math.round(ms / 1_000);
  const valid = stopped - invalid.length;
  return [
    `JSON: of ${asked} schemas ${stopped} ended by stop, of these ${valid} are valid (${seconds} s)`,
    ...unfinished,
  ];
}

function faultOf({ schema, text }: JsonAnswer, validator: Ajv2020): string | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'no JSON';
  }
  return validator.validate(schema, value) ? null : validator.errorsText();
}

const shown = ({ schema, text }: JsonAnswer) => `${JSON.stringify(text)} under ${JSON.stringify(schema)}`;
