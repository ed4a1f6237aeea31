import type { TokenEvent } from '@orilla/contract';

/**
 * Makes several answers to one prompt, one after the other: the prompt is read once, and those that other requests wait for are not held
 * up by more of these at a time. Tokens of the prompt count once.
 */
export async function* severalChoices(
  choices: number,
  answer: (choice: number) => AsyncIterable<TokenEvent>,
): AsyncGenerator<TokenEvent, void, undefined> {
  let completionTokens = 0;
  let cachedTokens: number | null = null;
  for (let choice = 0; choice < choices; choice += 1) {
    for await (const event of answer(choice)) {
      if (event.type !== 'finish') {
        yield { ...event, choice };
        continue;
      }
      const { reason, atMs } = event;
      completionTokens += event.completionTokens;
      cachedTokens ??= event.cachedTokens;
      if (choice < choices - 1) yield { type: 'choice-end', choice, reason, atMs };
      else yield { ...event, choice, completionTokens, cachedTokens };
    }
  }
}
