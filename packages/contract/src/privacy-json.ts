import { OrillaError } from './error.ts';
import { list, oneOf, parseShape, record, ShapeError, text } from './json-shape.ts';
import { type Privacy, privacyLabels, zones } from './privacy.ts';
import type { OrillaRequestFields } from './wire.ts';

/**
 * Checks a privacy label that comes as JSON, or from code whose types nobody checked. What is not understood whole is refused,
 * because half of a narrowing is a wider label than its author meant.
 * @param at where it stands, for the error
 * @throws OrillaError `protocol.bad-privacy-header`
 */
export function parsePrivacy(value: unknown, at = 'privacy'): Privacy {
  return parseShape(() => readPrivacy(value, at), explain);
}

/**
 * Checks the `orilla` field of a request's body.
 * @throws OrillaError `protocol.bad-privacy-header`
 */
export function parseOrillaFields(value: unknown): OrillaRequestFields {
  return parseShape(() => {
    const fields = record(value, 'orilla');
    allowOnly(fields, ['privacy'], 'orilla');
    return fields.privacy === undefined ? {} : { privacy: readPrivacy(fields.privacy, 'orilla.privacy') };
  }, explain);
}

function readPrivacy(value: unknown, at: string): Privacy {
  const fields = record(value, at);
  allowOnly(fields, ['label', 'zones', 'regions'], at);
  return {
    label: oneOf(privacyLabels, fields.label, `${at}.label`),
    ...(fields.zones !== undefined && {
      zones: list(fields.zones, `${at}.zones`).map((zone) => oneOf(zones, zone, `${at}.zones`)),
    }),
    ...(fields.regions !== undefined && {
      regions: list(fields.regions, `${at}.regions`).map((region) => text(region, `${at}.regions`)),
    }),
  };
}

function allowOnly(fields: Readonly<Record<string, unknown>>, known: readonly string[], at: string): void {
  if (Object.keys(fields).some((key) => !known.includes(key)))
    throw new ShapeError(at, `knows only ${known.join(', ')}`);
}

const explain = ({ at, message }: ShapeError): OrillaError =>
  new OrillaError('protocol.bad-privacy-header', `The privacy label can't be followed: ${message}.`, {
    param: at,
    advice: 'Give for example { label: "organization" }.',
  });
