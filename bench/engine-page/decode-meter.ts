/** Times the tokens of one answer as they come. */
export interface DecodeMeter {
  token(): void;
  /** Tokens a second from the first to the last. @throws Error where fewer than two came */
  tokensPerSecond(tokens: number): number;
}

export function decodeMeter({ now = () => performance.now() } = {}): DecodeMeter {
  let first: number | undefined;
  let last = Number.NaN;
  return {
    token() {
      last = now();
      first ??= last;
    },
    tokensPerSecond(tokens) {
      if (first === undefined || last === first || tokens < 2)
        throw new Error(`${tokens} tokens came at once: there is no rate to tell.`);
      // The first token ends the prefill; it is the others that took this time.
      return (tokens - 1) / ((last - first) / 1000);
    },
  };
}
