import * as z from 'zod';
import { readCursor, writeCursor } from '../../store/cursor';
import { receiptSchema } from '../../store/receipt';
import { listTroubledFiles, TROUBLES, type TroubledFile } from '../../store/troubled-files';
import { rangeParameters, resolveRange } from '../event-query';
import { integerParameter, listParameter, textParameter } from '../parameters';
import { continuationShape, countFitting, defineRoute, jsonAnswer } from '../route';
import { FILE_BOUNDS } from './get-coverage';

const { bucket, key, storedAt, reason, records, quarantined } = receiptSchema.shape;

const troubledFileSchema = z.object({
  accountId: z.string(),
  region: z.string(),
  deliveredAt: z.iso.datetime().meta({ description: 'Of missing files the start of their hour' }),
  problems: z.array(z.enum(TROUBLES)).meta({
    description:
      'quarantined: not read, in whole or in part · failed: the digest has another hash · ' +
      'missing: named by a digest, and not there · unlisted: named by no digest',
  }),
  count: z.int().positive().meta({
    description: 'More than 1 of missing files only: `querytrail verify` names them',
  }),
  bucket,
  key: key.optional(),
  storedAt: storedAt.optional(),
  reason: reason.meta({ description: 'Why the file could not be read' }),
  records: records.optional(),
  setAside: quarantined.optional().meta({
    description: 'Records set aside: their index in `Records` and why; at most 100 are listed',
  }),
});

export const fileListSchema = z
  .object({
    files: z.array(troubledFileSchema),
    ...continuationShape,
  })
  .meta({ id: 'FileList' });

export type FileList = z.output<typeof fileListSchema>;

export const listFiles = defineRoute({
  path: '/v1/coverage/files',
  operationId: 'listFiles',
  summary: 'Log files that need a look: set aside, altered, missing, or named by no digest',
  query: z.object({
    ...rangeParameters,
    account: textParameter().optional().meta({ description: 'Only this account' }),
    region: textParameter().optional().meta({ description: 'Only this Region' }),
    problem: listParameter(z.enum(TROUBLES))
      .optional()
      .meta({ description: 'Only files with any of these problems' }),
    limit: integerParameter(1, 500).default(50).meta({ description: 'Most files of this page' }),
    cursor: textParameter(8192)
      .optional()
      .meta({ description: 'The cursor of the page before; every filter stays as it was' }),
  }),
  mediaTypes: ['application/json'],
  response: fileListSchema,
  errors: { 400: 'A wrong parameter' },
  handle: async ({ query }, { store, clock }) => {
    const { from, to, cursor, limit, ...filters } = query;
    const asked = { list: 'files', ...filters, ...resolveRange(query, clock()) };
    const page = { order: 'desc', range: [from, to] } as const;
    const state = cursor === undefined ? undefined : readCursor(cursor, asked, page);
    const range = { from: state?.from ?? asked.from, to: state?.to ?? asked.to };
    const { files, position, searchedTo } = await listTroubledFiles(
      store,
      {
        range: { ...range, accountId: filters.account, region: filters.region },
        troubles: filters.problem,
        after: state?.position,
        limit,
      },
      FILE_BOUNDS,
    );
    const answers = files.map(toAnswer);
    const fitting = countFitting(answers, (answer) => JSON.stringify(answer));
    const isCut = fitting < files.length;
    const end = isCut ? files[fitting - 1]?.position : position;
    return jsonAnswer({
      files: answers.slice(0, fitting),
      cursor: end === undefined ? undefined : writeCursor({ ...range, position: end }, asked, page),
      searchedTo: isCut ? undefined : searchedTo,
    });
  },
});

function toAnswer(file: TroubledFile): z.output<typeof troubledFileSchema> {
  const { accountId, region, deliveredAt, troubles, count, receipt } = file;
  const identity = { accountId, region, deliveredAt, problems: [...troubles], count };
  if (receipt === undefined) return identity;
  const { bucket, key, storedAt, reason, records, quarantined } = receipt;
  const setAside = quarantined.length > 0 ? quarantined : undefined;
  return { ...identity, bucket, key, storedAt, reason, records, setAside };
}
