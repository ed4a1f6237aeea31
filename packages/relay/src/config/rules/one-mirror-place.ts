import type { Rule } from './rule.ts';

/** A mirror's packages come from one place. */
export const oneMirrorPlace: Rule = ({ mirror }) => {
  if (mirror?.folder === undefined || mirror.s3 === undefined) return [];
  const message = 'stands beside folder, and packages come from one place. Remove one of the two.';
  return [{ path: ['mirror', 's3'], at: 'key', message }];
};
