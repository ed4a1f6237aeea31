import type { LooseConfig } from '../loose-config.ts';
import type { Finding } from '../problem.ts';
import { suggest } from '../suggest.ts';
import type { Rule } from './rule.ts';

/** Models name upstreams that exist, and upstreams are named by models. */
export const modelReferences: Rule = (config) => [
  ...danglingReferences(config),
  ...unusedUpstreams(config),
  ...twiceDescribed(config),
];

function danglingReferences({ upstreams = [], models = [] }: LooseConfig): readonly Finding[] {
  const known = upstreams.flatMap((entry) => entry?.name ?? []);
  return models.flatMap((model, index) =>
    (model?.upstreams ?? []).flatMap((reference, position): readonly Finding[] => {
      const name = nameOf(reference);
      if (name === undefined || known.includes(name)) return [];
      const path = ['models', index, 'upstreams', position, ...(typeof reference === 'string' ? [] : ['name'])];
      const near = suggest(name, known);
      const advice = near
        ? `Did you mean ${near}?`
        : `Known: ${known.join(', ') || 'none'}. Add it under upstreams, or name another.`;
      return [{ path, message: `is not the name of an upstream. ${advice}` }];
    }),
  );
}

function unusedUpstreams({ upstreams = [], models = [] }: LooseConfig): readonly Finding[] {
  const used = new Set(models.flatMap((model) => (model?.upstreams ?? []).map(nameOf)));
  return upstreams.flatMap((upstream, index): readonly Finding[] => {
    if (upstream?.name === undefined || used.has(upstream.name) || upstream.models !== undefined) return [];
    const path = ['upstreams', index, 'name'];
    return [
      { path, message: 'serves no model. List its models here (models: [...]), or name it in an entry of models.' },
    ];
  });
}

/** Which upstream comes first would depend on the order of two sections, so one of the two has to say it. */
function twiceDescribed({ upstreams = [], models = [] }: LooseConfig): readonly Finding[] {
  const described = new Set(models.flatMap((entry) => entry?.name ?? []));
  return upstreams.flatMap((upstream, index) =>
    (upstream?.models ?? []).flatMap((name, position): readonly Finding[] => {
      if (name === undefined || !described.has(name)) return [];
      const path = ['upstreams', index, 'models', position];
      return [{ path, message: 'is also an entry of models. Say in one of the two places who serves it.' }];
    }),
  );
}

function nameOf(reference: string | { name: string } | undefined): string | undefined {
  return typeof reference === 'object' ? reference.name : reference;
}
