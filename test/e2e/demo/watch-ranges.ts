import type { BrowserContext, Request } from '@playwright/test';

export interface WatchedRanges {
  /** Bytes of weights that arrived, by the ranges that were asked for. */
  arrived(): number;
  /** Bytes that arrived twice, or more often. */
  again(): number;
}

interface Range {
  readonly start: number;
  /** The first byte after it. */
  readonly end: number;
}

/** Sees which bytes of weights arrive in the pages of a context, where the browser receives them. */
export function watchRanges(context: BrowserContext): WatchedRanges {
  const ranges: Range[] = [];
  context.on('requestfinished', (request) => {
    if (/\/orilla\/v1\/models\/[^/]+\/files\//.test(request.url())) ranges.push(rangeOf(request));
  });
  const arrived = () => ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  return { arrived, again: () => arrived() - covered(ranges) };
}

function rangeOf(request: Request): Range {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers().range ?? '') ?? [];
  if (first === undefined || last === undefined) throw new Error(`Weights were asked for without a range.`);
  return { start: Number(first), end: Number(last) + 1 };
}

/** Bytes that at least one range has. */
function covered(ranges: readonly Range[]): number {
  let bytes = 0;
  let until = 0;
  for (const { start, end } of ranges.toSorted((a, b) => a.start - b.start)) {
    bytes += Math.max(0, end - Math.max(start, until));
    until = Math.max(until, end);
  }
  return bytes;
}
