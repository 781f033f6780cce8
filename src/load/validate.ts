import type * as z from 'zod';
import type { ErrorCode } from '../model/errors.ts';
import { fileError, type Problem } from './problem.ts';
import type { YamlDocument } from './yaml-document.ts';

/** The document as the schema's type; what does not fit is one error with the line of each problem. */
export function validate<Schema extends z.ZodType>(
  schema: Schema,
  document: YamlDocument,
  code: ErrorCode,
): z.output<Schema> {
  const result = schema.safeParse(document.value, { reportInput: true });
  if (result.success) return result.data;
  const problems = result.error.issues
    .flatMap(simplest)
    .map(({ path, text }) => ({ line: document.lineOf(path), path, text }));
  throw fileError(code, document.file, problems);
}

/** An issue by the parts that are really wrong: the key itself, or what is inside the one alternative that was meant. */
function simplest(issue: z.core.$ZodIssue): readonly Problem[] {
  const { path, message } = issue;
  switch (issue.code) {
    case 'unrecognized_keys':
      return [{ path: [...path, issue.keys[0] ?? ''], text: message }];
    case 'invalid_key':
      return [{ path, text: issue.issues[0]?.message ?? message }];
    case 'invalid_union': {
      const meant = issue.errors.filter((inner) =>
        inner.some((one) => one.path.length > 0 || one.code === 'unrecognized_keys'),
      );
      const [only, other] = meant;
      if (only === undefined || other !== undefined) return [{ path, text: message }];
      return only.flatMap(simplest).map((inner) => ({ ...inner, path: [...path, ...inner.path] }));
    }
    default:
      return [{ path, text: message }];
  }
}
