/** What Node's fetch tells beneath a failure of the network; `undefined` for errors of another kind. */
export function networkCode(error: unknown): string | undefined {
  const cause = error instanceof TypeError ? (error.cause ?? error) : undefined;
  if (!(cause instanceof Error)) return undefined;
  return 'code' in cause ? String(cause.code) : cause.message;
}
