/** The records of a CSV file, its heading among them, as RFC 4180 has them; throws where it is none. */
export function readCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  for (let rest = text; rest !== '';) {
    const quoted = /^"((?:[^"]|"")*)"/.exec(rest);
    const cell = quoted ?? /^[^",\r\n]*/.exec(rest) ?? [''];
    record.push(quoted === null ? cell[0] : (quoted[1] ?? '').replaceAll('""', '"'));
    rest = rest.slice(cell[0].length);
    if (rest.startsWith('\r\n')) {
      records.push(record);
      record = [];
      rest = rest.slice(2);
    } else if (rest.startsWith(',')) {
      rest = rest.slice(1);
    } else {
      throw new Error(`Not a record: ${JSON.stringify(rest.slice(0, 80))}`);
    }
  }
  return records;
}
