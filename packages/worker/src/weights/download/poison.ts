/** Bytes with another hash than the manifest names. The message begins with the origin that they came from and goes on to people. */
export class Poison extends Error {
  override readonly name = 'Poison';
}
