import {
  ConfigError,
  LogFileError,
  NotificationError,
  RequestError,
  UpstreamError,
} from '../src/errors';

test.each([
  [new ConfigError('config.port', 'm'), 'ConfigError', false],
  [new LogFileError('log-file.gzip', 'm'), 'LogFileError', false],
  [new NotificationError('notification.shape', 'm'), 'NotificationError', false],
  [new UpstreamError('s3.timeout', 'm'), 'UpstreamError', true],
  [new RequestError(400, 'request.limit', 'm'), 'RequestError', false],
])('%s carries its name, and whether a retry can help', (error, name, retryable) => {
  expect(error).toBeInstanceOf(Error);
  expect(error.name).toBe(name);
  expect(error.retryable).toBe(retryable);
});
