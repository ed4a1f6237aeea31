import type { IncomingHttpHeaders } from 'node:http';
import { isPrivacyLabel, isZone, OrillaError, type Privacy, parsePrivacyHeader, strictest } from '@orilla/contract';
import { isJsonRecord } from '../http/json-record.ts';
import type { Principal } from './principal.ts';

/**
 * How far one request may travel: header and body together, else the default; in every case within the ceiling.
 * @param orilla the body's `orilla` field, `undefined` where there is none
 * @throws OrillaError `protocol.bad-privacy-header`, `protocol.bad-request`; `routing.privacy-forbids` for `label=device`
 */
export function requestPrivacy(headers: IncomingHttpHeaders, orilla: unknown, principal: Principal): Privacy {
  const header = headers['orilla-privacy'];
  const fromHeader = header === undefined ? undefined : parsePrivacyHeader(String(header));
  const fromBody = orilla === undefined ? undefined : readOrillaField(orilla);
  const asked = fromHeader && fromBody ? strictest(fromHeader, fromBody) : (fromHeader ?? fromBody);
  const privacy = asked ? strictest(asked, principal.ceiling) : principal.default;
  if (privacy.label === 'device') {
    throw new OrillaError('routing.privacy-forbids', 'This request is labelled "device": no relay may forward it.', {
      advice: 'Run it on the device, or send it with a wider label.',
    });
  }
  return privacy;
}

function readOrillaField(orilla: unknown): Privacy | undefined {
  if (!isJsonRecord(orilla)) throw badField('orilla', 'must be an object');
  for (const key of Object.keys(orilla)) if (key !== 'privacy') throw badField('orilla', 'knows only `privacy`');
  return orilla.privacy === undefined ? undefined : readPrivacy(orilla.privacy);
}

function readPrivacy(value: unknown): Privacy {
  if (!isJsonRecord(value)) throw badField('orilla.privacy', 'must be an object');
  for (const key of Object.keys(value)) {
    if (key !== 'label' && key !== 'zones' && key !== 'regions') {
      throw badField('orilla.privacy', 'knows only `label`, `zones` and `regions`');
    }
  }
  const { label, zones, regions } = value;
  if (!isPrivacyLabel(label)) throw badField('orilla.privacy.label', 'must be device, organization or public');
  if (zones !== undefined && !isListOf(zones, isZone)) {
    throw badField('orilla.privacy.zones', 'may hold on-premises, own-cloud, dedicated-cloud, public');
  }
  if (regions !== undefined && !isListOf(regions, isText)) {
    throw badField('orilla.privacy.regions', 'must be a list of texts');
  }
  return { label, ...(zones && { zones }), ...(regions && { regions }) };
}

const isText = (value: unknown): value is string => typeof value === 'string';

function isListOf<T>(value: unknown, is: (item: unknown) => item is T): value is readonly T[] {
  return Array.isArray(value) && value.every(is);
}

function badField(param: string, why: string): OrillaError {
  return new OrillaError(
    'protocol.bad-privacy-header',
    `The privacy label of this request can't be followed: ${param} ${why}.`,
    {
      param,
      advice: 'Send for example: {"orilla": {"privacy": {"label": "organization"}}}',
    },
  );
}
