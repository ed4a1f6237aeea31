import { OrillaError, type Privacy, permitsUpstream } from '@orilla/contract';
import type { ModelConfig } from '../config/relay-config.ts';
import type { Upstream } from './upstream.ts';

/** An upstream that may be asked, and what it calls the model. */
export interface Candidate {
  readonly upstream: Upstream;
  readonly model: string;
}

/** A model that clients can name, with all upstreams that serve it, in the order of preference. */
export interface ServedModel {
  readonly name: string;
  readonly contextLength: number | undefined;
  readonly candidates: readonly Candidate[];
}

/** Binds the configured models to their upstreams. A client names a model and never an upstream. */
export function serveModels(
  models: readonly ModelConfig[],
  upstreams: ReadonlyMap<string, Upstream>,
): ReadonlyMap<string, ServedModel> {
  const served = models.map(({ name, contextLength, upstreams: references }): [string, ServedModel] => {
    const candidates = references.flatMap(({ upstream: upstreamName, model }) => {
      const upstream = upstreams.get(upstreamName);
      return upstream ? [{ upstream, model }] : [];
    });
    return [name, { name, contextLength, candidates }];
  });
  return new Map(served);
}

/**
 * The upstreams of a model that the label permits, whether they are up or not.
 * @throws OrillaError `routing.privacy-forbids` where there is none
 */
export function permittedUpstreams(model: ServedModel, privacy: Privacy): readonly Candidate[] {
  const permitted = model.candidates.filter(({ upstream }) => permitsUpstream(privacy, upstream.config));
  if (permitted.length > 0) return permitted;
  throw new OrillaError(
    'routing.privacy-forbids',
    `The label "${privacy.label}" of this request permits no model server that serves this model.`,
    { advice: 'Choose another model, or widen the label if the request may travel further.', param: 'model' },
  );
}
