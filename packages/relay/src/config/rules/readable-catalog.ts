import { readCatalog } from '../read-catalog.ts';
import type { Rule } from './rule.ts';

/** The catalog that the configuration names is there, and is one. */
export const readableCatalog: Rule = async (config, context) => {
  if (config.catalog?.file === undefined) return [];
  const result = await readCatalog(config.catalog.file, context);
  return 'problem' in result ? [{ path: ['catalog', 'file'], message: result.problem }] : [];
};
