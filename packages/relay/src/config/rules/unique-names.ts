import type { ConfigPath, Finding } from '../problem.ts';
import type { Rule } from './rule.ts';

/** A name means one thing: keys, upstreams and models that share one are refused, and a key that stands twice. */
export const uniqueNames: Rule = (config) => [
  ...repeated(
    ['access', 'keys'],
    'name',
    config.access?.keys?.map((entry) => entry?.name),
  ),
  ...repeated(
    ['access', 'keys'],
    'sha256',
    config.access?.keys?.map((key) => key?.sha256?.toLowerCase()),
  ),
  ...repeated(
    ['upstreams'],
    'name',
    config.upstreams?.map((entry) => entry?.name),
  ),
  ...repeated(
    ['models'],
    'name',
    config.models?.map((entry) => entry?.name),
  ),
];

function repeated(
  list: ConfigPath,
  key: string,
  values: readonly (string | undefined)[] | undefined,
): readonly Finding[] {
  return (values ?? []).flatMap((value, index): readonly Finding[] => {
    const first = values?.indexOf(value) ?? index;
    if (value === undefined || first === index) return [];
    const path = [...list, index, key];
    return [{ path, message: `is the same as that of entry ${first + 1} of this list. Change one, or remove it.` }];
  });
}
