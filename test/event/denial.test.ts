import { describeError } from '../../src/event/denial';

test.each([
  ['AccessDenied', undefined],
  ['AccessDeniedException', 'not allowed'],
  ['Client.UnauthorizedOperation', undefined],
  ['UnauthorizedException', undefined],
  ['NotAuthorized', undefined],
  ['PERMISSION_DENIED', 'PERMISSION_DENIED: Insufficient permissions to execute the query'],
  ['ATHENA_ERROR_1200', 'Insufficient permissions to execute the query. Principal does not …'],
  ['ATHENA_ERROR_1', 'Insufficient Lake Formation permission(s) on orders'],
  ['HIVE_CANNOT_OPEN_SPLIT', 'HIVE_CANNOT_OPEN_SPLIT: Access Denied (Service: Amazon S3; …)'],
  [
    'HIVE_CANNOT_OPEN_SPLIT',
    'HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split: Forbidden (Service: Amazon S3; Status Code: 403; Error Code: 403 Forbidden; …)',
  ],
  ['ATHENA_ERROR_1301', 'Iceberg cannot access the requested resource'],
  ['HIVE_METASTORE_ERROR', 'HIVE_METASTORE_ERROR: com.amazonaws.AccessDeniedException: User …'],
  ['InternalError', 'User: arn:aws:iam::1:user/a is not authorized to perform: glue:GetTable'],
])('tells a refusal of access: %s %s', (code, message) => {
  expect(describeError({ code, message, stage: 'execution' }).denied).toBe(true);
});

test.each([
  ['InvalidRequestException', 'Queries of this type are not supported'],
  ['COLUMN_NOT_FOUND', "COLUMN_NOT_FOUND: line 1:8: Column 'access_denied' cannot be resolved"],
  [
    'COLUMN_NOT_FOUND',
    "COLUMN_NOT_FOUND: line 1:8: Column 'totl' cannot be resolved or requester is not authorized to access requested resources",
  ],
  ['TooManyRequestsException', 'Rate exceeded'],
  ['ATHENA_ERROR_UNKNOWN', undefined],
])('takes nothing else for one: %s %s', (code, message) => {
  expect(describeError({ code, message, stage: 'call' })).not.toHaveProperty('denied');
});
