/** `parameters`: a JSON schema; a tool without one takes no arguments. */
export interface CallableTool {
  readonly name: string;
  readonly parameters?: unknown;
}
