import type { Catalog } from '@orilla/contract';
import type { DeviceState, Orilla } from '@orilla/core';
import { SquarePen } from 'lucide-react';
import { useMemo, useState } from 'react';
import styles from './app.module.css';
import { ChatView } from './features/chat/chat-view.tsx';
import { useConversation } from './features/chat/use-conversation.ts';
import { Notices } from './features/install/notices.tsx';
import { type RegisterForUpdates, useUpdate } from './features/install/use-update.ts';
import { modelFit } from './features/models/model-fit.ts';
import { ModelPicker } from './features/models/model-picker.tsx';
import { useDeviceFacts, useDeviceState, useStoredPackages } from './features/models/use-device.ts';
import { LanguageSwitch } from './features/settings/language-switch.tsx';
import type { Setting } from './features/settings/setting.ts';
import { useWords } from './i18n/language-provider.tsx';
import { Mark } from './mark.tsx';
import button from './styles/button.module.css';

interface AppProps {
  readonly orilla: Orilla;
  readonly catalog: Catalog;
  /** Keeps which model was chosen. */
  readonly modelSetting: Setting;
  readonly registerForUpdates: RegisterForUpdates;
}

export function App({ orilla, catalog, modelSetting, registerForUpdates }: AppProps) {
  const words = useWords();
  const [modelName, setModelName] = useState(() => firstModel(catalog, modelSetting.read()));
  const device = useDeviceState(orilla);
  const facts = useDeviceFacts(orilla);
  const stored = useStoredPackages(orilla, device);
  const model = catalog.models[modelName];
  const fit = useMemo(() => (model && facts !== undefined ? modelFit(model, facts) : null), [model, facts]);
  const chat = useConversation(orilla, modelName, fit);
  const isStored = fit?.verdict === 'fits' && (stored.has(fit.pkg.id) || isReady(device, fit.pkg.id));
  const applyUpdate = useUpdate(registerForUpdates);

  return (
    <div className={styles.shell}>
      <header className={styles.header}>
        <p className={styles.brand}>
          <Mark size={28} />
          <span className={styles.name}>Orilla</span>
        </p>
        <div className={styles.tools}>
          {chat.conversation.turns.length > 0 && (
            <button type="button" className={`${button.button} ${button.quiet} ${styles.tool}`} onClick={chat.clear}>
              <SquarePen size={17} aria-hidden="true" />
              <span className={styles.word}>{words.page.newConversation}</span>
            </button>
          )}
          <LanguageSwitch />
          <ModelPicker
            catalog={catalog}
            facts={facts}
            stored={stored}
            selected={modelName}
            onSelect={(name) => {
              modelSetting.write(name);
              setModelName(name);
            }}
          />
        </div>
      </header>
      <Notices hasModel={isStored} applyUpdate={applyUpdate} />
      <ChatView
        orilla={orilla}
        chat={chat}
        catalog={catalog}
        modelName={modelName}
        device={device}
        fit={fit}
        isStored={isStored}
      />
    </div>
  );
}

function isReady(device: DeviceState, packageId: string): boolean {
  return device.status === 'ready' && device.packageId === packageId;
}

/** The model that was chosen before, if the catalog still has it, else its first. */
function firstModel(catalog: Catalog, chosen: string | null): string {
  if (chosen !== null && Object.hasOwn(catalog.models, chosen)) return chosen;
  return Object.keys(catalog.models)[0] ?? '';
}
