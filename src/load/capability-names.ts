import * as z from 'zod';
import { ALL_CAPABILITIES } from '../model/capabilities.ts';
import { didYouMean } from './nearest.ts';
import { shown } from './problem.ts';

const EXPECTED = 'the name of a capability such as NET_BIND_SERVICE';

/** One capability by its name, with or without CAP_, in any case; ALL is refused, as it names no need. */
export const capability = z
  .string({ error: ({ input }) => `is ${shown(input)}; expected ${EXPECTED}` })
  .transform((value, context) => {
    const name = value.trim().toUpperCase().replace(/^CAP_/, '');
    if (ALL_CAPABILITIES.includes(name)) return name;
    const because =
      name === 'ALL' ? 'which is every one of them' : `which Linux does not have${didYouMean(name, ALL_CAPABILITIES)}`;
    context.addIssue({ code: 'custom', message: `is ${shown(value)}, ${because}; expected ${EXPECTED}` });
    return z.NEVER;
  });

/** A list of capabilities, each once. */
export const capabilities = z
  .array(capability, { error: ({ input }) => `is ${shown(input)}; expected a list of capabilities, [] for none` })
  .transform((names) => [...new Set(names)]);
