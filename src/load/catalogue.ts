import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import type { Catalogue, CatalogueEntry } from '../model/catalogue.ts';
import { capabilities, capability } from './capability-names.ts';
import { fields, oneOf, text, texts, whenPartsAreRight, wrong } from './schema-parts.ts';
import { readTextFile } from './text-file.ts';
import { validate } from './validate.ts';
import { parseYaml } from './yaml-document.ts';

const WHEN =
  'bind-mount, host-network, foreign-folder, file-capabilities, or one of environment, no_environment and process';
const name = text('a name');

const when = z.union(
  [
    z.enum(['bind-mount', 'host-network', 'foreign-folder', 'file-capabilities']),
    fields({ environment: name }, WHEN),
    fields({ no_environment: name }, WHEN),
    fields({ process: name }, WHEN),
  ],
  { error: wrong(WHEN) },
);

const also = fields({ when, keep: capabilities, because: text('a reason') }, 'a condition: when, keep and because');

const entry = fields(
  {
    images: texts('globs of repositories').min(1, { error: 'is empty; expected at least one repository' }),
    user: oneOf(['root', 'non-root', 'any']),
    keep: capabilities,
    rare: z
      .record(capability, text('when it is asked for'), {
        error: wrong('a mapping of capabilities to when they are asked for'),
      })
      .optional(),
    also: z.array(also, { error: wrong('a list of conditions') }).default([]),
    source: text('where the knowledge comes from'),
    confidence: oneOf(['high', 'fair', 'low']),
  },
  'an entry: images, user, keep, source and confidence',
)
  .refine(({ keep, rare = {} }) => Object.keys(rare).every((each) => keep.includes(each)), {
    path: ['rare'],
    error: 'has what keep lacks; expected capabilities of keep',
    when: whenPartsAreRight,
  })
  .transform(({ rare, ...rest }): CatalogueEntry => ({ ...rest, ...(rare === undefined ? {} : { rare }) }));

const catalogueSchema = z.array(entry, { error: wrong('a list of entries') });

/** The same distance from src/load and from dist/load. */
const SHIPPED = fileURLToPath(new URL('../../playbooks/catalogue.yml', import.meta.url));

/** Reads the catalogue that comes with enforce. */
export async function loadCatalogue(path = SHIPPED): Promise<Catalogue> {
  const document = parseYaml(await readTextFile(path, 'bad-playbook'), 'bad-playbook');
  return { entries: validate(catalogueSchema, document, 'bad-playbook') };
}
