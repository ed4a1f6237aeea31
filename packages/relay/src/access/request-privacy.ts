import type { IncomingHttpHeaders } from 'node:http';
import { OrillaError, type Privacy, parseOrillaFields, parsePrivacyHeader, strictest } from '@orilla/contract';
import type { Principal } from './principal.ts';

/**
 * How far one request may travel: header and body together, else the default; in every case within the ceiling.
 * @param orilla the body's `orilla` field, `undefined` where there is none
 * @throws OrillaError `protocol.bad-privacy-header`; `routing.privacy-forbids` for `label=device`
 */
export function requestPrivacy(headers: IncomingHttpHeaders, orilla: unknown, principal: Principal): Privacy {
  const header = headers['orilla-privacy'];
  const fromHeader = header === undefined ? undefined : parsePrivacyHeader(String(header));
  const fromBody = orilla === undefined ? undefined : parseOrillaFields(orilla).privacy;
  const asked = fromHeader && fromBody ? strictest(fromHeader, fromBody) : (fromHeader ?? fromBody);
  const privacy = asked ? strictest(asked, principal.ceiling) : principal.default;
  if (privacy.label === 'device') {
    throw new OrillaError('routing.privacy-forbids', 'This request is labelled "device": no relay may forward it.', {
      advice: 'Run it on the device, or send it with a wider label.',
    });
  }
  return privacy;
}
