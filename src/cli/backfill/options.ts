import type { Selection } from '../../backfill/day-folders';
import type { Io } from '../io';

/** A point in time, and how it was written: `-7d` means another one tomorrow. */
interface GivenTime {
  readonly text: string;
  readonly time: Date;
}

/** The options of `querytrail backfill`. */
export interface BackfillCommandOptions {
  readonly from?: GivenTime;
  readonly to?: GivenTime;
  readonly account?: string;
  readonly region?: string;
  readonly overwrite?: true;
  readonly queueUrl?: string;
  readonly table?: string;
  readonly rate: number;
  readonly checkpoint?: string;
  readonly dryRun?: true;
  readonly data: string;
  readonly json?: true;
}

export function toSelection(
  { from, to, account: accountId, region }: BackfillCommandOptions,
  { clock }: Pick<Io, 'clock'>,
): Selection {
  return { from: from?.time, to: to?.time ?? new Date(clock()), accountId, region };
}
