import { type ChatMessage, isAbortError, type PrivacyLabel, type Receipt, type Route } from '@orilla/contract';
import type { Orilla } from '@orilla/core';

export interface Question {
  readonly model: string;
  readonly label: PrivacyLabel;
  readonly messages: readonly ChatMessage[];
}

export interface AskOptions {
  readonly signal: AbortSignal;
  /** The place is known: the first word is about to come. */
  readonly onStart: (route: Route) => void;
  readonly onText: (text: string) => void;
}

export interface AskResult {
  readonly isStopped: boolean;
  /** `null` where it was stopped before the answer began. */
  readonly receipt: Receipt | null;
}

/** The most likely word each time: what a small model knows best, and the same answer to the same question. */
const temperature = 0;
/** Longest answer, in tokens: a quarter of the smallest context, which leaves the rest to the conversation. */
export const maxAnswerTokens = 512;

/**
 * Asks and passes the answer on as it comes. Stopping is an outcome, not an error.
 * @throws OrillaError
 */
export async function ask(
  orilla: Pick<Orilla, 'chat'>,
  { model, label, messages }: Question,
  { signal, onStart, onText }: AskOptions,
): Promise<AskResult> {
  let receipt: Promise<Receipt> | null = null;
  try {
    const stream = await orilla.chat.completions.create(
      {
        model,
        messages: [...messages],
        stream: true,
        temperature,
        max_completion_tokens: maxAnswerTokens,
        orilla: { privacy: { label } },
      },
      { signal },
    );
    receipt = stream.receipt;
    onStart(stream.route);
    for await (const chunk of stream) {
      const text = chunk.choices[0]?.delta.content;
      if (text) onText(text);
    }
    return { isStopped: false, receipt: await receipt };
  } catch (error) {
    // The reader may have stopped it elsewhere, e.g. by deleting the model that it waits for.
    if (!signal.aborted && !isAbortError(error)) throw error;
    return { isStopped: true, receipt: await receipt };
  }
}
