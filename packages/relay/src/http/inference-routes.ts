import { OrillaError } from '@orilla/contract';
import { requestPrivacy } from '../access/request-privacy.ts';
import type { LimitsConfig } from '../config/relay-config.ts';
import { forwardRequest } from '../upstreams/forward-request.ts';
import { permittedUpstreams, type ServedModel } from '../upstreams/permitted-upstreams.ts';
import { checkRequest } from './check-request.ts';
import { type Endpoint, endpoints } from './endpoints.ts';
import { parseJsonBody } from './parse-json-body.ts';
import { readBody } from './read-body.ts';
import type { RelayLog } from './relay-log.ts';
import type { Exchange, Route } from './route-table.ts';
import { unknownModel } from './unknown-model.ts';

export interface InferenceOptions {
  readonly models: ReadonlyMap<string, ServedModel>;
  readonly limits: LimitsConfig;
  readonly log: RelayLog;
}

/** The endpoints that models answer: read the body once, check it, find who may answer, forward. */
export function inferenceRoutes(options: InferenceOptions): readonly Route[] {
  return Object.values(endpoints).map((endpoint): Route => {
    const handle = (exchange: Exchange) => infer(exchange, endpoint, options);
    return { method: 'POST', path: `/v1${endpoint.path}`, access: 'key', writesHeaders: true, handle };
  });
}

async function infer(exchange: Exchange, endpoint: Endpoint, { models, limits, log }: InferenceOptions): Promise<void> {
  const { request, response, principal } = exchange;
  const bytes = await readBody(request, response, { maxBytes: limits.bodyBytes });
  const body = parseJsonBody(bytes, { maxDepth: limits.jsonDepth });
  const checked = checkRequest(endpoint, body);
  const privacy = requestPrivacy(request.headers, checked.orilla, principal);
  const model = models.get(checked.model);
  if (!model) throw unknownModel();
  forwardRequest(exchange, checked, {
    candidates: permittedUpstreams(model, privacy),
    privacy,
    wantsReceipt: wantsReceipt(request.headers['orilla-receipt']),
    log,
  });
}

function wantsReceipt(header: string | string[] | undefined): boolean {
  if (header === undefined || header === '0') return false;
  if (header === '1') return true;
  throw new OrillaError('protocol.bad-request', 'The header Orilla-Receipt can be 1 or 0.', { advice: 'Send 1.' });
}
