/** How a document may be packed for its way, best first where a client likes several equally. */
export const encodings = ['br', 'gzip', 'identity'] as const;

export type Encoding = (typeof encodings)[number];

/**
 * The encoding that an `Accept-Encoding` header asks for (RFC 9110, 12.5.3). Without a header nothing is packed, and neither
 * where the header refuses everything: the RFC leaves that to the server, and a document is worth more than a refusal.
 */
export function chooseEncoding(header: string | undefined): Encoding {
  if (header === undefined) return 'identity';
  const weights = readWeights(header);
  const rest = weights.get('*');
  // What isn't named is refused, but for identity, which is the last resort.
  const weightOf = (encoding: Encoding) => weights.get(encoding) ?? rest ?? (encoding === 'identity' ? lastResort : 0);
  const [best] = encodings.toSorted((a, b) => weightOf(b) - weightOf(a));
  return best !== undefined && weightOf(best) > 0 ? best : 'identity';
}

/** Less than any weight that can be written: those have three decimals. */
const lastResort = 0.0001;

/** Weights by lower-case name. A part that cannot be read asks for nothing. */
function readWeights(header: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const part of header.toLowerCase().split(',')) {
    const match = /^\s*([a-z0-9*_-]+)\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?$/.exec(part);
    if (match) weights.set(match[1] === 'x-gzip' ? 'gzip' : (match[1] ?? ''), Number(match[2] ?? 1));
  }
  return weights;
}
