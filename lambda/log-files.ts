import { setTimeout } from 'node:timers/promises';
import type { LogFiles } from '../src/cloudtrail/log-files';
import { createSignedLogFiles } from '../src/cloudtrail/signed-log-files';
import { defaultProvider } from './environment-credentials';

/** The trail's files, read with the function's own rights. */
export function createLambdaLogFiles(env: NodeJS.ProcessEnv): LogFiles {
  return createSignedLogFiles({
    region: env.AWS_REGION ?? '',
    credentials: defaultProvider(),
    endpoint: env.AWS_ENDPOINT_URL_S3,
    sleep: setTimeout,
  });
}
