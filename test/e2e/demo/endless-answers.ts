import type { Page } from '@playwright/test';

/** Far more tokens than a test looks at. */
const max_completion_tokens = 1500;
/** For the engine in the page: the starter's token for the end of an answer is ruled out. */
const onDevice = { logit_bias: { 2: -100 }, max_completion_tokens };
/** For the embedded model server, which takes no `logit_bias`: a form that is long by itself. */
const schema = { type: 'array', items: { type: 'boolean' }, minItems: 600 };
const onServer = {
  response_format: { type: 'json_schema', json_schema: { name: 'long', schema } },
  max_completion_tokens,
};

/**
 * From the next page that is opened, answers go on for as long as a test may look at them, on the device and on the server alike:
 * how many words a small model finds to say is not what is tested. The page, the model and the server are the real ones.
 */
export async function askEndlessly(page: Page): Promise<void> {
  await page.route('**/v1/chat/completions', (route) =>
    route.continue({ postData: { ...route.request().postDataJSON(), ...onServer } }),
  );
  await page.addInitScript((added) => {
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function (message: unknown, ...rest: unknown[]) {
      const { argumentList = [] } = (message ?? {}) as { argumentList?: { value?: { messages?: unknown } }[] }; // a call to the model's worker
      for (const argument of argumentList) {
        if (Array.isArray(argument.value?.messages)) argument.value = { ...argument.value, ...added };
      }
      // The same arguments as came: either of its two signatures.
      Reflect.apply(postMessage, this, [message, ...rest]);
    };
  }, onDevice);
}
