import type { Catalog, CatalogModel, DeviceFacts, DevicePackage, StoredPackage } from '@orilla/contract';
import { type ModelFit, modelFit } from './model-fit.ts';

/** One line of the Models page: a package, or a model that has none for this device. */
export interface ModelRow {
  readonly key: string;
  /** Told apart from every other row's. */
  readonly title: string;
  /** Other models of the catalog that use the very same package. */
  readonly sharedWith: readonly string[];
  /** As the catalog has it; `null` where no entry names what is stored, or the model has no package. */
  readonly pkg: DevicePackage | null;
  /** Whether this device could run it; `null` while the device is being asked, and where the catalog says nothing of it. */
  readonly fit: ModelFit | null;
  readonly stored: StoredPackage | null;
}

export interface RowsQuestion {
  readonly catalog: Catalog;
  /** `undefined` while the device is being asked, `null` where nothing can run. */
  readonly facts: DeviceFacts | null | undefined;
  readonly stored: readonly StoredPackage[];
}

/** Every model of the catalog with the package that suits this device, whatever else of it is stored, and at last what no entry names. */
export function modelRows({ catalog, facts, stored }: RowsQuestion): { listed: ModelRow[]; unlisted: ModelRow[] } {
  const byId = new Map(stored.map((pkg) => [pkg.id, pkg]));
  const rows = new Map<string, ModelRow>();
  for (const [name, model] of Object.entries(catalog.models)) {
    const shown = shownPackages(model, facts, byId);
    if (shown.length === 0) rows.set(`model ${name}`, withoutPackage(`model ${name}`, model, facts));
    for (const pkg of shown) {
      const key = `package ${pkg.id}`;
      const same = rows.get(key);
      if (same) rows.set(key, { ...same, sharedWith: [...same.sharedWith, model.title] });
      else
        rows.set(key, {
          key,
          title: shown.length === 1 ? model.title : `${model.title} (${pkg.id})`,
          sharedWith: [],
          pkg,
          fit: fitOf({ ...model, device: [pkg] }, facts),
          stored: byId.get(pkg.id) ?? null,
        });
      byId.delete(pkg.id);
    }
  }
  const unlisted = [...byId.values()].filter(({ id }) => !rows.has(`package ${id}`));
  return {
    listed: [...rows.values()],
    unlisted: unlisted.map((pkg) => ({
      key: `package ${pkg.id}`,
      title: pkg.id,
      sharedWith: [],
      pkg: null,
      fit: null,
      stored: pkg,
    })),
  };
}

/** The one that would be downloaded, and any other one that takes room. */
function shownPackages(
  model: CatalogModel,
  facts: DeviceFacts | null | undefined,
  stored: ReadonlyMap<string, StoredPackage>,
): readonly DevicePackage[] {
  const fit = fitOf(model, facts);
  const chosen = fit?.verdict === 'fits' ? fit.pkg : model.device[0];
  return model.device.filter((pkg) => pkg === chosen || stored.has(pkg.id));
}

const fitOf = (model: CatalogModel, facts: DeviceFacts | null | undefined): ModelFit | null =>
  facts === undefined ? null : modelFit(model, facts);

function withoutPackage(key: string, model: CatalogModel, facts: DeviceFacts | null | undefined): ModelRow {
  return { key, title: model.title, sharedWith: [], pkg: null, fit: fitOf(model, facts), stored: null };
}
