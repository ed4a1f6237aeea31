import {
  type InnerList,
  type Item,
  isInnerList,
  parseDictionary,
  serializeDictionary,
  Token,
} from 'structured-headers';
import { OrillaError } from './error.ts';
import { isPrivacyLabel, isZone, type Privacy } from './privacy.ts';

/**
 * Reads `Orilla-Privacy`, an RFC 8941 Dictionary: `label=organization, zones=("on-premises" "own-cloud"), regions=("eu")`.
 * Anything that is not understood whole is refused, because half of a narrowing is a wider label than its sender meant.
 * @throws OrillaError `protocol.bad-privacy-header`
 */
export function parsePrivacyHeader(value: string): Privacy {
  const members = new Map<string, Item | InnerList>();
  for (const member of splitMembers(value)) {
    for (const [key, item] of parseOne(member)) {
      if (members.has(key)) throw badHeader(`the key "${key}" stands twice`);
      members.set(key, item);
    }
  }
  const label = members.get('label');
  if (!label || isInnerList(label) || !(label[0] instanceof Token) || !isPrivacyLabel(label[0].toString())) {
    throw badHeader('label must be one of device, organization, public');
  }
  const known = ['label', 'zones', 'regions'];
  for (const [key, item] of members) {
    if (!known.includes(key)) throw badHeader('only label, zones and regions are known keys');
    if (item[1].size > 0) throw badHeader(`"${key}" takes no parameters`);
  }
  const zones = stringList(members, 'zones');
  if (zones && !zones.every(isZone)) throw badHeader('zones may hold on-premises, own-cloud, dedicated-cloud, public');
  const regions = stringList(members, 'regions');
  return {
    label: label[0].toString() as Privacy['label'], // checked by isPrivacyLabel above
    ...(zones && { zones: zones.filter(isZone) }),
    ...(regions && { regions }),
  };
}

/** Writes the header that `parsePrivacyHeader` reads. */
export function formatPrivacyHeader(privacy: Privacy): string {
  const list = (values: readonly string[]): InnerList => [values.map((value): Item => [value, new Map()]), new Map()];
  const members = new Map<string, Item | InnerList>([['label', [new Token(privacy.label), new Map()]]]);
  if (privacy.zones) members.set('zones', list(privacy.zones));
  if (privacy.regions) members.set('regions', list(privacy.regions));
  return serializeDictionary(members);
}

function stringList(members: Map<string, Item | InnerList>, key: string): string[] | undefined {
  const item = members.get(key);
  if (!item) return undefined;
  if (!isInnerList(item)) throw badHeader(`${key} must be a list in parentheses`);
  return item[0].map(([value, parameters]) => {
    if (typeof value !== 'string' || parameters.size > 0) throw badHeader(`${key} may hold plain strings only`);
    return value;
  });
}

function parseOne(member: string): Map<string, Item | InnerList> {
  try {
    const parsed = parseDictionary(member);
    if (parsed.size === 1) return parsed;
  } catch (cause) {
    throw badHeader('it is not an RFC 8941 dictionary', cause);
  }
  throw badHeader('it has an empty member');
}

/** RFC 8941 lets a later member replace an earlier one of the same key, which would hide a repeated key: so members are parsed one by one. */
function splitMembers(value: string): string[] {
  const members: string[] = [];
  let start = 0;
  let quoted = false;
  for (let index = 0; index < value.length; index++) {
    const character = value[index];
    if (quoted && character === '\\') index++;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && character === ',') {
      members.push(value.slice(start, index));
      start = index + 1;
    }
  }
  members.push(value.slice(start));
  return members.map((member) => member.trim());
}

function badHeader(why: string, cause?: unknown): OrillaError {
  return new OrillaError('protocol.bad-privacy-header', `The privacy header can't be followed: ${why}.`, {
    advice: 'Send for example: Orilla-Privacy: label=organization, zones=("on-premises")',
    cause,
  });
}
