import { OrillaError, type WeightFiles } from '@orilla/contract';

/**
 * Reads a JSON file of the package, wherever in it the file lies; `null` where there is none.
 * @throws OrillaError `engine.load-failed` where it holds no JSON object
 */
export async function readJson(weights: WeightFiles, name: string): Promise<Readonly<Record<string, unknown>> | null> {
  const text = await readText(weights, name);
  if (text === null) return null;
  const value = parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badPackage(`its ${name} is no JSON`);
  return Object.fromEntries(Object.entries(value));
}

/**
 * Reads a JSON file that no package is without.
 * @throws OrillaError `engine.load-failed` where it is missing or holds no JSON object
 */
export async function requireJson(weights: WeightFiles, name: string): Promise<Readonly<Record<string, unknown>>> {
  const value = await readJson(weights, name);
  if (value) return value;
  throw badPackage(`it has no ${name}`);
}

/** Reads a text file of the package; `null` where there is none. */
export async function readText(weights: WeightFiles, name: string): Promise<string | null> {
  const found = weights.get(name) ?? [...weights].find(([path]) => path.endsWith(`/${name}`))?.[1];
  return found ? found.text() : null;
}

/** @param why goes on behind "The model package can't be opened:", with no full stop */
export function badPackage(why: string): OrillaError {
  return new OrillaError('engine.load-failed', `The model package can't be opened: ${why}.`, {
    advice: "Make the package again from the model's whole folder.",
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // told by the caller, who knows the file's name
  }
}
