import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { compileFunction, constants } from 'node:vm';
import { type Xgrammar, xgrammarOf } from './xgrammar-mask.ts';

/** The real XGrammar. Its package is a script that calls itself a module, so that Node can't import it as either. */
export async function xgrammarInNode(): Promise<Xgrammar> {
  const require = createRequire(import.meta.url);
  const path = require.resolve('@mlc-ai/web-xgrammar');
  const module = { exports: {} };
  const run = compileFunction(readFileSync(path, 'utf8'), ['module', 'exports', 'require', '__filename'], {
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  run(module, module.exports, require, path);
  return xgrammarOf(module.exports);
}
