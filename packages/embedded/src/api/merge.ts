/** Events of several streams as they come, each with the index of its stream. Leaving the loop closes them all. */
export async function* merge<T>(
  streams: readonly AsyncGenerator<T, void, void>[],
): AsyncGenerator<{ readonly index: number; readonly event: T }, void, void> {
  const advance = async (index: number) => ({ index, result: await streams[index]?.next() });
  const pending = new Map(streams.map((_, index) => [index, advance(index)]));
  try {
    while (pending.size > 0) {
      const { index, result } = await Promise.race(pending.values());
      if (!result || result.done) {
        pending.delete(index);
        continue;
      }
      pending.set(index, advance(index));
      yield { index, event: result.value };
    }
  } finally {
    // A stream that is just computing closes after its step; what that step comes to interests nobody any more.
    await Promise.allSettled([...pending.values(), ...streams.map((stream) => stream.return())]);
  }
}
