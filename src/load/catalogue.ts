import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import type { Catalogue } from '../model/catalogue.ts';
import { capabilities } from './capability-names.ts';
import { fields, oneOf, text, texts, wrong } from './schema-parts.ts';
import { readTextFile } from './text-file.ts';
import { validate } from './validate.ts';
import { parseYaml } from './yaml-document.ts';

const also = fields(
  { when: oneOf(['bind-mount', 'host-network']), keep: capabilities, because: text('a reason') },
  'a condition: when, keep and because',
);

const entry = fields(
  {
    images: texts('globs of repositories').min(1, { error: 'is empty; expected at least one repository' }),
    user: oneOf(['root', 'non-root', 'any']),
    keep: capabilities,
    also: z.array(also, { error: wrong('a list of conditions') }).default([]),
    source: text('where the knowledge comes from'),
    confidence: oneOf(['high', 'fair']),
  },
  'an entry: images, user, keep, source and confidence',
);

const catalogueSchema = z.array(entry, { error: wrong('a list of entries') });

/** The same distance from src/load and from dist/load. */
const SHIPPED = fileURLToPath(new URL('../../playbooks/catalogue.yml', import.meta.url));

/** Reads the catalogue that comes with enforce. */
export async function loadCatalogue(path = SHIPPED): Promise<Catalogue> {
  const document = parseYaml(await readTextFile(path, 'bad-playbook'), 'bad-playbook');
  return { entries: validate(catalogueSchema, document, 'bad-playbook') };
}
