import type { Inventory } from '../../src/model/inventory.ts';
import { loadInventory } from '../../src/load/inventory.ts';
import type { Surroundings } from '../../src/load/surroundings.ts';
import { folderOf } from './folder-of.ts';

/** The inventory that one file makes, at home in /home/ops with nothing in the environment. */
export function inventoryOf(
  text: string | Uint8Array,
  name = 'hosts.yml',
  beside: Readonly<Record<string, string>> = {},
): Promise<Inventory> {
  return loadInventory([name], surroundingsOf({ ...beside, [name]: text }));
}

/** A working folder with these files. */
export function surroundingsOf(
  files: Readonly<Record<string, string | Uint8Array>>,
  environment: Surroundings['environment'] = {},
): Surroundings {
  return { environment, homeFolder: '/home/ops', workingFolder: folderOf(files) };
}
