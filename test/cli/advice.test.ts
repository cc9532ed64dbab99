import { adviceFor } from '../../src/cli/advice';

test.each([
  ['Region is missing', 'Error', /AWS_REGION/],
  ['Could not load credentials from any providers', 'CredentialsProviderError', /AWS_PROFILE/],
])('advises on %j, also below another error', (message, name, advice) => {
  const error = Object.assign(new Error(message), { name });

  expect(adviceFor(error)).toMatch(advice);
  expect(adviceFor(new Error('cannot read s3://b', { cause: error }))).toMatch(advice);
});

test.each([new Error('other'), 'no error', undefined])('has no advice on %s', (error) => {
  expect(adviceFor(error)).toBeUndefined();
});
