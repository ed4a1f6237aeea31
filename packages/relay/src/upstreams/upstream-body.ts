import type { CheckedRequest } from '../http/check-request.ts';
import type { Candidate } from './permitted-upstreams.ts';

/** The body that an upstream gets: the allowed fields, written anew, under the model's name there. */
export function upstreamBody(
  request: CheckedRequest,
  { upstream, model }: Candidate,
  options: { readonly cacheSalt: string; readonly wantsReceipt: boolean },
): string {
  const { endpoint, forwarded, isStream, wantsUsage, wantsContinuousUsage, encoding } = request;
  const body: Record<string, unknown> = { ...forwarded, model };
  if (endpoint.name === 'embeddings') {
    body.encoding_format = upstream.kind.givesBase64 ? encoding : 'float';
    return JSON.stringify(body);
  }
  if (isStream) body.stream = true;
  if (isStream && (wantsUsage || options.wantsReceipt)) {
    body.stream_options = { include_usage: true, ...(wantsContinuousUsage && { continuous_usage_stats: true }) };
  }
  if (upstream.kind.takesCacheSalt) body.cache_salt = options.cacheSalt;
  return JSON.stringify(body);
}
