/** What every Querytrail error carries: a stable code, and whether trying again can help. */
export abstract class QuerytrailError extends Error {
  abstract readonly retryable: boolean;

  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The code of an error that Node gave, such as `ENOENT`. */
export function codeOf(cause: unknown): string | undefined {
  const hasCode = typeof cause === 'object' && cause !== null && 'code' in cause;
  return hasCode ? String(cause.code) : undefined;
}

/** A wrong setting. Stop at start; the message names the setting, the value and what is allowed. */
export class ConfigError extends QuerytrailError {
  readonly retryable = false;

  constructor(code: `config.${string}`, message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}

export type LogFileErrorCode =
  | 'log-file.gzip'
  | 'log-file.truncated'
  | 'log-file.checksum'
  | 'log-file.extra-member'
  | 'log-file.trailing-bytes'
  | 'log-file.json'
  | 'log-file.shape'
  | 'log-file.too-large'
  | 'log-file.not-found'
  | 'log-file.access-denied';

/** A log file that can never be read as it is: quarantine it with its code, never retry. */
export class LogFileError extends QuerytrailError {
  readonly retryable = false;

  constructor(code: LogFileErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}

/** A service answered badly for now: fail that message only and let the queue try again. */
export class UpstreamError extends QuerytrailError {
  readonly retryable = true;

  constructor(
    code: `${'s3' | 'dynamodb' | 'athena' | 'sqs' | 'cloudtrail'}.${string}`,
    message: string,
    options?: ErrorOptions,
  ) {
    super(code, message, options);
  }
}

/** A queue message of no known form: set it aside, trying again cannot help. */
export class NotificationError extends QuerytrailError {
  readonly retryable = false;

  constructor(code: `notification.${'json' | 'shape' | 'unconfirmed'}`, message: string) {
    super(code, message);
  }
}

export interface RequestErrorDetails {
  readonly parameter?: string;
  readonly value?: unknown;
  readonly allowed?: string;
}

/** A caller's mistake: answered as `{ error: { code, message, details? } }` with its status. */
export class RequestError extends QuerytrailError {
  readonly retryable = false;

  constructor(
    readonly statusCode: 400 | 404 | 405 | 406 | 410 | 413,
    code: `request.${string}`,
    message: string,
    readonly details?: RequestErrorDetails,
  ) {
    super(code, message);
  }
}
