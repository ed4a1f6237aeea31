import { isPackageId } from '@orilla/contract';

/** @throws Error for an id that no mirror would serve */
export function checkPackageId(id: string): string {
  if (isPackageId(id)) return id;
  throw new Error(
    `${JSON.stringify(id)} is no package id. Give letters, digits, dots, dashes and underscores, up to 128, by --id.`,
  );
}

/** An id from what the model is called where it comes from: `SmolLM2-135M-Instruct.Q4_1.gguf` → `smollm2-135m-instruct-q4_1`. */
export function derivePackageId(modelName: string): string {
  const id = modelName
    .toLowerCase()
    .replace(/\.(gguf|onnx)$/, '')
    .replace(/-\d{5}-of-\d{5}$/, '')
    // What a dot sets off as the kind of numbers; other dots are of versions.
    .replace(/\.(?=(i?q|f|bf|fp|int)\d+)/, '-')
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '');
  return checkPackageId(id);
}
