import { ApiError } from '../errors/api-error.ts';

const FORMATS = ['json', 'csv'] as const;
export type AnswerFormat = (typeof FORMATS)[number];

/**
 * What a request wants: `?format=`, else its Accept header (RFC 9110, section 12.5.1); JSON unless text/csv is named
 * and not less wanted than JSON. Throws {@link ApiError} 400 for a format that there is not.
 */
export function answerFormat(parameter: unknown, accept: string | undefined): AnswerFormat {
  if (parameter === undefined) return acceptsCsv(accept ?? '') ? 'csv' : 'json';
  const format = FORMATS.find((known) => known === parameter);
  if (format !== undefined) return format;
  throw ApiError.badRequest('There is no such format.', [{ path: 'format', message: 'must be json or csv' }]);
}

function acceptsCsv(accept: string): boolean {
  const weights = new Map(
    accept.split(',').map((range): [string, number] => {
      const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
      const weight = parameters.find((parameter) => /^q=\d/.test(parameter))?.slice(2);
      return [type, weight === undefined ? 1 : Number.parseFloat(weight)];
    }),
  );
  const csv = weights.get('text/csv') ?? 0;
  return csv > 0 && csv >= (weights.get('application/json') ?? 0);
}
