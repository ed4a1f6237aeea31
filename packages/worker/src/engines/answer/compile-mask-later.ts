import { loadCode } from '../../load-code.ts';
import type { CompileTokenMask } from '../../text/grammar/compile-token-mask.ts';

/** What makes grammars is fetched by the first request that needs one. */
export const compileMaskLater: CompileTokenMask = async (...how) => {
  const { compileTokenMask } = await loadCode(() => import('../../text/grammar/compile-token-mask.ts'));
  return compileTokenMask(...how);
};
