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
import { ModelsPage } from './features/models/models-page.tsx';
import { PackageTasks } from './features/models/package-tasks.ts';
import { useDeviceFacts, useDeviceState } from './features/models/use-device.ts';
import { usePackages } from './features/models/use-packages.ts';
import { LanguageSwitch } from './features/settings/language-switch.tsx';
import type { Setting } from './features/settings/setting.ts';
import { saveFile } from './features/storage/save-file.ts';
import { useTitle, useWords } from './i18n/language-provider.tsx';
import { Mark } from './mark.tsx';
import button from './styles/button.module.css';
import { useView } from './use-view.ts';
import { ViewLinks } from './view-links.tsx';

interface AppProps {
  readonly orilla: Orilla;
  readonly catalog: Catalog;
  /** What all packages may take together; `undefined` where the page sets no bound. */
  readonly budgetBytes: number | undefined;
  /** Keeps which model was chosen. */
  readonly modelSetting: Setting;
  readonly registerForUpdates: RegisterForUpdates;
}

export function App({ orilla, catalog, budgetBytes, modelSetting, registerForUpdates }: AppProps) {
  const words = useWords();
  const view = useView();
  useTitle(view === 'models' ? words.models.pageTitle : words.page.title);
  const [modelName, setModelName] = useState(() => firstModel(catalog, modelSetting.read()));
  const [tasks] = useState(() => new PackageTasks(orilla.packages, saveFile));
  const device = useDeviceState(orilla);
  const facts = useDeviceFacts(orilla);
  const packages = usePackages(orilla);
  const stored = useMemo(
    () => new Set(packages?.filter(({ isComplete }) => isComplete).map(({ id }) => id)),
    [packages],
  );
  const model = catalog.models[modelName];
  const fit = useMemo(() => (model && facts !== undefined ? modelFit(model, facts) : null), [model, facts]);
  const chat = useConversation(orilla, modelName, fit);
  const isStored = fit?.verdict === 'fits' && (stored.has(fit.pkg.id) || isReady(device, fit.pkg.id));
  const update = useUpdate(registerForUpdates);

  return (
    <div className={styles.shell}>
      <header className={styles.header}>
        <p className={styles.brand}>
          <Mark size={28} />
          <span className={styles.name}>Orilla</span>
        </p>
        <ViewLinks view={view} />
        <div className={styles.tools}>
          {view === 'chat' && chat.conversation.turns.length > 0 && (
            <button type="button" className={`${button.button} ${button.quiet} ${styles.tool}`} onClick={chat.clear}>
              <SquarePen size={17} aria-hidden="true" />
              <span className={styles.word}>{words.page.newConversation}</span>
            </button>
          )}
          <LanguageSwitch />
          {view === 'chat' && (
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
          )}
        </div>
      </header>
      <Notices hasModel={isStored} update={update} />
      <ChatView
        orilla={orilla}
        chat={chat}
        catalog={catalog}
        modelName={modelName}
        device={device}
        fit={fit}
        isStored={isStored}
        isShown={view === 'chat'}
      />
      {view === 'models' && (
        <ModelsPage
          orilla={orilla}
          catalog={catalog}
          facts={facts}
          stored={packages}
          tasks={tasks}
          budgetBytes={budgetBytes}
        />
      )}
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
