/** One way to keep weights, used as its own applications use it. Times in milliseconds. */
export interface WeightsSide {
  /** Fetches everything and stores it. */
  download(): Promise<number>;
  /** From asking for what is stored until its last byte is in the memory of a worker. */
  open(): Promise<number>;
  /** Removes everything. */
  empty(): Promise<void>;
}

/** How long it takes, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
