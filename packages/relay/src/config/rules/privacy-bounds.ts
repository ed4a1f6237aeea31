import { defaultPrivacy, type Privacy, permitsUpstream, privacyLabels } from '@orilla/contract';
import type { PrivacyInput } from '../config-schema.ts';
import type { ConfigPath, Finding } from '../problem.ts';
import { toPrivacy } from '../to-privacy.ts';
import type { Rule } from './rule.ts';

/** A label is narrowed, never widened: default ≤ ceiling, a key's ceiling ≤ the relay's, and every upstream can be reached under it. */
export const privacyBounds: Rule = ({ privacy, access, upstreams = [] }) => {
  const ceiling = privacy?.ceiling ? toPrivacy(privacy.ceiling) : defaultPrivacy;
  const findings: Finding[] = [];
  const bound = (path: ConfigPath, inner: PrivacyInput | undefined, outer: Privacy, outerName: string) => {
    if (inner !== undefined && isWider(toPrivacy(inner), outer))
      findings.push({
        path,
        message: `permits more than ${outerName} (${describe(outer)}). Narrow it, or widen that.`,
      });
  };
  bound(['privacy', 'default'], privacy?.default, ceiling, 'privacy.ceiling');
  for (const [index, key] of (access?.keys ?? []).entries()) {
    const path = ['access', 'keys', index];
    bound([...path, 'ceiling'], key?.ceiling, ceiling, 'privacy.ceiling');
    const own = key?.ceiling ? toPrivacy(key?.ceiling) : ceiling;
    bound([...path, 'default'], key?.default, own, key?.ceiling ? "this key's ceiling" : 'privacy.ceiling');
  }
  for (const [index, upstream] of upstreams.entries()) {
    const { zone, region } = upstream ?? {};
    if (zone === undefined || permitsUpstream(ceiling, { zone, region })) continue;
    findings.push({
      path: ['upstreams', index, 'zone'],
      message: `lies beyond privacy.ceiling (${describe(ceiling)}), so nothing could ever be sent there. Remove this upstream, or widen privacy.ceiling.`,
    });
  }
  return findings;
};

/** An absent list narrows nothing of its own: it inherits, so it is never wider. */
function isWider(inner: Privacy, outer: Privacy): boolean {
  return (
    privacyLabels.indexOf(inner.label) > privacyLabels.indexOf(outer.label) ||
    beyond(inner.zones, outer.zones) ||
    beyond(inner.regions, outer.regions)
  );
}

function beyond(inner: readonly string[] | undefined, outer: readonly string[] | undefined): boolean {
  return inner !== undefined && outer !== undefined && inner.some((item) => !outer.includes(item));
}

function describe({ label, zones, regions }: Privacy): string {
  return [label, zones && `zones ${zones.join(' ')}`, regions && `regions ${regions.join(' ')}`]
    .filter(Boolean)
    .join(', ');
}
