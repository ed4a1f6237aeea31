/**
 * A piece of what a model wrote: text, or a part of a call, as in the `TokenEvent` of that name. `end` is how far into all that was
 * pushed the piece reaches, in UTF-16 units.
 */
export type AnswerPiece =
  | { readonly type: 'text'; readonly text: string; readonly end: number }
  | {
      readonly type: 'tool-call';
      readonly index: number;
      readonly id?: string;
      readonly name?: string;
      readonly argumentsText: string;
      readonly end: number;
    };

/** Tells calls of tools from text while it comes. For one answer. */
export interface ToolCallParser {
  /** Special tokens that are written as one of these are text for it. */
  readonly marks: readonly string[];
  readonly calls: number;
  push(text: string): readonly AnswerPiece[];
  /** What it still held back. */
  end(): readonly AnswerPiece[];
}
