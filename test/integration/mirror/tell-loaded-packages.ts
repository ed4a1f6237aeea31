import { registerHooks } from 'node:module';

// Loaded before a program, by `node --import`: it tells every installed package that the program loads, once, as
// `loaded NAME` on standard error.

const told = new Set<string>();

registerHooks({
  resolve(specifier, context, nextResolve) {
    const resolved = nextResolve(specifier, context);
    const name = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(resolved.url)?.[1];
    if (name !== undefined && !told.has(name)) {
      told.add(name);
      process.stderr.write(`loaded ${name}\n`);
    }
    return resolved;
  },
});
