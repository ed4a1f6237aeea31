/** What every bench is told. */
export interface BenchOptions {
  /** How many times ours and its peers are measured in turn. */
  readonly pairs: number;
  /** Of the package that `weights` downloads. */
  readonly packageBytes: number;
  readonly signal?: AbortSignal | undefined;
  /** Told in a sentence what goes on. */
  readonly log?: ((message: string) => void) | undefined;
}
