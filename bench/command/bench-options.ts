/** What every bench is told. */
export interface BenchOptions {
  /** How many times ours and its peers are measured in turn. */
  readonly pairs: number;
  /** Of the package that `weights` downloads. */
  readonly packageBytes: number;
  /** Only the rows whose ids begin with it are measured, as far as they can be measured apart. */
  readonly only?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told in a sentence what goes on. */
  readonly log?: ((message: string) => void) | undefined;
}
