/** A server that won't or can't give what was asked for, however often it is asked. The message begins with its origin and goes on to people. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}
