/** What the name of a split GGUF file says: `model-00002-of-00003.gguf`. */
export interface SplitName {
  /** The name without the part's number: the same for all parts of a model. */
  readonly model: string;
  /** From 1. */
  readonly part: number;
  readonly parts: number;
}

/** `undefined` for the name of a file that is no part of another. */
export function parseSplitName(name: string): SplitName | undefined {
  const match = /^(?<model>.+)-(?<part>\d{5})-of-(?<parts>\d{5})\.gguf$/.exec(name);
  if (!match?.groups) return undefined;
  const { model = '', part, parts } = match.groups;
  return { model: `${model} of ${Number(parts)}`, part: Number(part), parts: Number(parts) };
}
