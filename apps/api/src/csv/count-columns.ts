import { TCP_STATES, type TcpState } from '@closewatch/socket-states';
import { type CsvColumns } from './csv-table.ts';

/** A column of sockets for each state; what was not measured stays empty. */
export function countColumns<Row>(
  countsOf: (row: Row) => Readonly<Partial<Record<TcpState, number | null>>> | null,
): CsvColumns<Row> {
  return Object.fromEntries(
    TCP_STATES.map((state) => [`${state}_sockets`, (row: Row) => countsOf(row)?.[state] ?? null]),
  );
}
