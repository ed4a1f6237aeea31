export { type EnsurePackageOptions, ensurePackage } from './pack/ensure-package.ts';
export { type PackGgufOptions, packGguf } from './pack/pack-gguf.ts';
