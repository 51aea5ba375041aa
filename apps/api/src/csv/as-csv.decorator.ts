import { applyDecorators, SetMetadata, UseInterceptors } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { CSV_TABLE, CsvInterceptor } from './csv.interceptor.ts';
import { type CsvTable } from './csv-table.ts';

/** Lets a route answer CSV too, by `Accept: text/csv` or `?format=csv`. Part of ApiAnswers, which describes it. */
export function AsCsv<Body>(table: CsvTable<Body>) {
  return applyDecorators(
    SetMetadata(CSV_TABLE, table),
    UseInterceptors(CsvInterceptor),
    ApiQuery({ name: 'format', required: false, enum: ['json', 'csv'], description: 'Instead of the Accept header' }),
  );
}
