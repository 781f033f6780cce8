import * as z from 'zod';

/** A fact, or why it is not known. */
export function known<Value extends z.ZodType>(value: Value) {
  return z.discriminatedUnion('known', [
    z.object({ known: z.literal(true), value }),
    z.object({ known: z.literal(false), because: z.string() }),
  ]);
}
