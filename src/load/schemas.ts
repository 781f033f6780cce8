import * as z from 'zod';
import { exceptionsSchema } from './exceptions.ts';
import { inventorySchema } from './inventory-schema.ts';
import { profileSchema } from './learned-profile.ts';
import { playbookSchema } from './playbook-schema.ts';

const SCHEMAS = {
  playbook: playbookSchema,
  exceptions: exceptionsSchema,
  inventory: inventorySchema,
  profile: profileSchema,
} as const;

/** A file that people write. */
export type SchemaName = keyof typeof SCHEMAS;

/** Names that `jsonSchema` knows. */
export const SCHEMA_NAMES = Object.keys(SCHEMAS) as readonly SchemaName[];

/** The JSON Schema of a file that people write, for editors and for `enforce config --schema NAME`. */
export function jsonSchema(name: SchemaName): object {
  return z.toJSONSchema(SCHEMAS[name], { io: 'input', cycles: 'ref' });
}
