import '@fontsource-variable/figtree/wght.css';
import './styles/tokens.css';
import './styles/base.css';
import { createOrilla } from '@orilla/core';
import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { registerServiceWorker } from './features/install/register-service-worker.ts';
import type { RegisterForUpdates } from './features/install/use-update.ts';
import { createSetting } from './features/settings/setting.ts';
import { LanguageProvider } from './i18n/language-provider.tsx';
import { loadCatalog } from './load-catalog.ts';
import { StartError } from './start-error.tsx';
import { storeSettings } from './store-settings.ts';

const languageSetting = createSetting('orilla.language', () => localStorage);
const catalogSetting = createSetting('orilla.catalog', () => localStorage);
const modelSetting = createSetting('orilla.model', () => localStorage);

const registerForUpdates: RegisterForUpdates = (onUpdate) => {
  // Without it the page works as before, only not offline: nothing that a reader could do about it.
  if (import.meta.env.PROD) registerServiceWorker(onUpdate).catch(() => undefined);
};

async function startApp(): Promise<ReactNode> {
  try {
    const catalog = await loadCatalog({ last: catalogSetting });
    const orilla = createOrilla({ catalog, relay: { baseURL: '/v1' }, device: { store: storeSettings } });
    return (
      <App
        orilla={orilla}
        catalog={catalog}
        budgetBytes={storeSettings.budgetBytes}
        modelSetting={modelSetting}
        registerForUpdates={registerForUpdates}
      />
    );
  } catch (error) {
    return <StartError error={error} registerForUpdates={registerForUpdates} />;
  }
}

const root = document.getElementById('app');
if (!root) throw new Error('The page has no element #app.');
createRoot(root).render(
  <StrictMode>
    <LanguageProvider preferred={navigator.languages} store={languageSetting}>
      {await startApp()}
    </LanguageProvider>
  </StrictMode>,
);
