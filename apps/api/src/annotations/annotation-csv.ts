import { type Annotation } from '@closewatch/protocol';
import { csvOfPage } from '../csv/csv-table.ts';

export const annotationsCsv = csvOfPage<Annotation>('annotations', {
  id: ({ id }) => id,
  at: ({ at }) => at,
  kind: ({ kind }) => kind,
  host_id: ({ hostId }) => hostId,
  hostname: ({ hostname }) => hostname,
  service: ({ service }) => service,
  text: ({ text }) => text,
  link: ({ link }) => link,
  source: ({ source }) => source,
  author: ({ author }) => author,
});
