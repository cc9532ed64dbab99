import type { QueryExecution } from '@aws-sdk/client-athena';

/** What Athena answers about one thing that it was asked for. */
export type Answer<Found> =
  | { readonly found: Found }
  | { readonly unavailable: 'access-denied' | 'not-found' }
  /** Not now: throttled, or Athena is in trouble. */
  | { readonly retry: true };

export interface AskedExecution {
  readonly id: string;
  /** Of the event, where it names one: access is granted by workgroup. */
  readonly workgroup?: string;
}

/** What the Athena of one account and Region remembers. */
export interface AthenaHistory {
  /** Age at which an execution is forgotten: older ones need not be asked for. Absent: never. */
  readonly forgetsAfterMs?: number;
  /** @returns an answer for each id that was asked for. */
  queryExecutions(
    asked: readonly AskedExecution[],
  ): Promise<ReadonlyMap<string, Answer<QueryExecution>>>;
  /** The text that is saved now, which may be newer than the event. */
  namedQuery(id: string): Promise<Answer<string>>;
  /** The statement behind the name now, which may be newer than the event. */
  preparedStatement(workgroup: string, name: string): Promise<Answer<string>>;
}

export const RETRY = { retry: true } as const;
export const NOT_FOUND = { unavailable: 'not-found' } as const;
export const ACCESS_DENIED = { unavailable: 'access-denied' } as const;
