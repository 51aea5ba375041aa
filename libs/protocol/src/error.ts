import * as z from 'zod';

/** One thing that is wrong: where (`snapshots.0.counts.listen`) and what. */
export const IssueSchema = z.object({ path: z.string(), message: z.string() });
export type Issue = z.infer<typeof IssueSchema>;

/** The body of every error answer. `error` is a short name: `Bad Request`, or a case of its own such as `cloned`. */
export const ErrorAnswerSchema = z.object({
  statusCode: z.int(),
  error: z.string(),
  message: z.string(),
  issues: z.array(IssueSchema),
  requestId: z.string(),
});
export type ErrorAnswer = z.infer<typeof ErrorAnswerSchema>;

/** Zod's issues in the shape of the wire; `prefix` says where in the body the parsed value stood. */
export function issuesOf(error: z.core.$ZodError, prefix: readonly (string | number)[] = []): Issue[] {
  return error.issues.map(({ path, message }) => ({ path: [...prefix, ...path].map(String).join('.'), message }));
}
