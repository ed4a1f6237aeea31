/** How far a request may travel, from the strictest to the widest. */
export const privacyLabels = ['device', 'organization', 'public'] as const;
export type PrivacyLabel = (typeof privacyLabels)[number];

/** Whose machines an upstream runs on. */
export const zones = ['on-premises', 'own-cloud', 'dedicated-cloud', 'public'] as const;
export type Zone = (typeof zones)[number];

/** A label, optionally narrowed to some zones and regions. An absent list means "not narrowed"; an empty one permits nothing. */
export interface Privacy {
  readonly label: PrivacyLabel;
  readonly zones?: readonly Zone[];
  readonly regions?: readonly string[];
}

/** What an unlabelled request gets where nobody configured another default. */
export const defaultPrivacy: Privacy = { label: 'organization' };

/** The label that both permit: the stricter word, and only the zones and regions that neither excludes. */
export function strictest(a: Privacy, b: Privacy): Privacy {
  const narrowedZones = intersect(a.zones, b.zones);
  const narrowedRegions = intersect(a.regions, b.regions);
  return {
    label: privacyLabels.indexOf(a.label) <= privacyLabels.indexOf(b.label) ? a.label : b.label,
    ...(narrowedZones && { zones: narrowedZones }),
    ...(narrowedRegions && { regions: narrowedRegions }),
  };
}

/** Whether a request so labelled may be forwarded to an upstream. An upstream without a region is outside every named region. */
export function permitsUpstream(privacy: Privacy, upstream: { zone: Zone; region?: string | undefined }): boolean {
  if (!reachesZone(privacy.label, upstream.zone)) return false;
  if (privacy.zones && !privacy.zones.includes(upstream.zone)) return false;
  if (privacy.regions && (upstream.region === undefined || !privacy.regions.includes(upstream.region))) return false;
  return true;
}

/** Closed by default: a word that is no label, from code whose types nobody checked, reaches nothing. */
function reachesZone(label: PrivacyLabel, zone: Zone): boolean {
  switch (label) {
    case 'public':
      return true;
    case 'organization':
      return zone !== 'public';
    default:
      return false;
  }
}

/** Whether a request so labelled may leave the page at all. */
export function permitsRelay(privacy: Privacy): boolean {
  return zones.some((zone) =>
    permitsUpstream({ label: privacy.label, ...(privacy.zones && { zones: privacy.zones }) }, { zone }),
  );
}

export const isPrivacyLabel = (value: unknown): value is PrivacyLabel => privacyLabels.some((label) => label === value);
export const isZone = (value: unknown): value is Zone => zones.some((zone) => zone === value);

function intersect<T>(a: readonly T[] | undefined, b: readonly T[] | undefined): readonly T[] | undefined {
  if (!a) return b;
  if (!b) return a;
  return a.filter((item) => b.includes(item));
}
