import type { Privacy } from '@orilla/contract';
import type { PrivacyInput } from './config-schema.ts';

/** A label as the contract has it, from a bare word or a section. */
export function toPrivacy(input: PrivacyInput): Privacy {
  if (typeof input === 'string') return { label: input };
  const { label, zones, regions } = input;
  return { label, ...(zones && { zones }), ...(regions && { regions }) };
}
