import type { QueryExecution } from '@aws-sdk/client-athena';
import type { AuditEvent } from '../event/audit-event';

/** What a query costs in this account and Region. */
export interface Pricing {
  readonly usdPerTb: number;
  /** AWS does not say which one its price means. */
  readonly tbBase: 'decimal' | 'binary';
}

const BASES = {
  decimal: { tbBytes: 1000 ** 4, mbBytes: 1000 ** 2 },
  binary: { tbBytes: 1024 ** 4, mbBytes: 1024 ** 2 },
} as const;
const MINIMUM_MB = 10;

/** Kinds of statement that bear DDL's name and scan data all the same. */
const BILLED_DDL: ReadonlySet<string> = new Set(['CREATE_TABLE_AS_SELECT', 'OPTIMIZE']);

/**
 * Estimates what an execution costs: the scanned bytes, rounded up to the MB and 10 MB at least, at
 * the price of a TB.
 *
 * Free are definitions (not CREATE TABLE AS SELECT and OPTIMIZE, which read data), statements that look
 * something up or explain without a scan, failed queries, reused results, and cancelled queries that
 * had not scanned anything yet.
 *
 * @param statement - what its text says that it is.
 * @returns US dollars; nothing while it is running, and for queries on reserved capacity, which have
 *   no price of their own.
 * @see https://aws.amazon.com/athena/pricing/
 */
export function costOf(
  execution: QueryExecution,
  statement: Pick<AuditEvent, 'class' | 'operation'>,
  { usdPerTb, tbBase }: Pricing,
): number | undefined {
  const { Status, Statistics = {}, StatementType: type = statement.class } = execution;
  const { DataScannedInBytes: scannedBytes = 0, DpuCount: reserved } = Statistics;
  const state = Status?.State;
  if (state === 'FAILED') return 0;
  if (state !== 'SUCCEEDED' && state !== 'CANCELLED') return undefined;
  if (reserved !== undefined && reserved > 0) return undefined;
  if (Statistics.ResultReuseInformation?.ReusedPreviousResult) return 0;
  const names = [execution.SubstatementType ?? '', statement.operation];
  if (type === 'DDL' && !names.some((name) => BILLED_DDL.has(name))) return 0;
  const isFreeUnlessScanning =
    type === 'UTILITY' || state === 'CANCELLED' || statement.operation === 'EXPLAIN';
  if (scannedBytes === 0 && isFreeUnlessScanning) return 0;
  const { tbBytes, mbBytes } = BASES[tbBase];
  const billedMb = Math.max(Math.ceil(scannedBytes / mbBytes), MINIMUM_MB);
  return ((billedMb * mbBytes) / tbBytes) * usdPerTb;
}
