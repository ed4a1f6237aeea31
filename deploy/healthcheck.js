// Asks the relay of this container whether it lives, since there is no shell and no curl to do it. Exit code 0: it does.

const url = process.env.ORILLA_HEALTH_URL ?? 'http://127.0.0.1:8787/healthz';
const response = await fetch(url, { signal: AbortSignal.timeout(4000) }).catch((error) => {
  console.error(`${url}: ${error.cause?.message ?? error.message}`);
});
if (response && !response.ok) console.error(`${url}: status ${response.status}`);
process.exitCode = response?.ok ? 0 : 1;
