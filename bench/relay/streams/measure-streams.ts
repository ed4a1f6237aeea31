import { type StreamClient, streamClient, type Target } from './stream-client.ts';
import type { TokenUpstream } from './token-upstream.ts';

/** What to measure through each target, in turn: target after target, `rounds` times. */
export interface StreamQuestion {
  readonly measure: 'first-token' | 'abort';
  readonly targets: Readonly<Record<string, Target>>;
  readonly rounds: number;
  /** Answers through each target before the first that counts, so that code is compiled and connections are open. */
  readonly warmUpRounds?: number;
}

/** Milliseconds, by target. */
export type StreamLatencies = Readonly<Record<string, readonly number[]>>;

/**
 * Streams answers from `upstream` through each target. Client and upstream share this process, so that the time from one to the other is read
 * on one clock; nothing else runs here.
 * @throws Error where an answer is not the upstream's, or the upstream is not told within `abortLimitMs` that the client left
 */
export async function measureStreams(
  { measure, targets, rounds, warmUpRounds = 100 }: StreamQuestion,
  upstream: TokenUpstream,
  { abortLimitMs = 5_000 } = {},
): Promise<StreamLatencies> {
  await using open = new AsyncDisposableStack();
  const clients = Object.entries(targets).map(([name, target]) => ({ name, client: open.use(streamClient(target)) }));
  const latencies: Record<string, number[]> = Object.fromEntries(clients.map(({ name }) => [name, []]));
  for (let round = -warmUpRounds; round < rounds; round++) {
    for (const { name, client } of clients) {
      const latency =
        measure === 'first-token'
          ? await client.timeToFirstToken()
          : await timeToAbort(name, client, upstream, abortLimitMs);
      if (round >= 0) latencies[name]?.push(latency);
    }
  }
  return latencies;
}

async function timeToAbort(
  name: string,
  client: StreamClient,
  upstream: TokenUpstream,
  abortLimitMs: number,
): Promise<number> {
  const aborted = upstream.nextAbort();
  const left = await client.leaveAfterFirstToken();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`${name}: ${abortLimitMs} ms after the client left, the upstream still computes.`)),
    abortLimitMs,
  );
  try {
    return (await Promise.race([aborted, late.promise])) - left;
  } finally {
    clearTimeout(timer);
  }
}
