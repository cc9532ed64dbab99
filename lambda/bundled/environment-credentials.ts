import type { Credentials } from '../../src/api/signing';

/**
 * Lambda hands credentials over in the environment, always. The bundles put this in the place of
 * the SDK's `@aws-sdk/credential-provider-node`, whose search of profiles, SSO, web identities and
 * metadata services is 110 KB that can never find anything else here.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export function defaultProvider(): Credentials {
  return async () => ({
    accessKeyId: process.env.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY ?? '',
    sessionToken: process.env.AWS_SESSION_TOKEN,
  });
}
