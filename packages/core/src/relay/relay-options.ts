/** How to reach the organization's relay. */
export interface RelayOptions {
  /** Address that ends in `/v1`; relative ones count from the page. */
  readonly baseURL: string;
  /** A key, or a function that gets one for each request. */
  readonly apiKey?: string | (() => string | Promise<string>) | undefined;
}
