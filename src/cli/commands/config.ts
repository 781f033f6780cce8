import { jsonSchema, SCHEMA_NAMES } from '../../load/schemas.ts';
import type { ExitCode } from '../exit-code.ts';
import { usage } from '../run.ts';
import type { World } from '../world.ts';

/** `enforce config --schema NAME`: the JSON Schema of a file, for editors and for checks before a commit. */
export function config({ schema }: { readonly schema: string }, world: World): ExitCode {
  const name = SCHEMA_NAMES.find((candidate) => candidate === schema);
  if (!name) throw usage(`there is no schema ${JSON.stringify(schema)}`, `one of ${SCHEMA_NAMES.join(', ')}`);
  world.stdout.write(`${JSON.stringify(jsonSchema(name), null, 2)}\n`);
  return 0;
}
