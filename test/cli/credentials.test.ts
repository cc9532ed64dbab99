import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectedSignature } from '../fixtures/signature-v4';

/** Whose requests the API takes. */
const SECRETS: Readonly<Record<string, string>> = {
  AKIDENVIRONMENT: 'secret/of+the=environment',
  AKIDPROFILE: 'secret/of+the=profile',
  AKIDPROCESS: 'secret/of+the=process',
  ASIASSO: 'secret/of+sso',
};
const REGION = 'eu-central-1';
const NO_PORT = 'http://127.0.0.1:9';

let home: string;
let server: Server;
/** Not a name of this machine to the command, so that it signs; yet nothing leaves the machine. */
let api: string;
let signers: string[];
let portal: string[];

beforeEach(async () => {
  [signers, portal] = [[], []];
  home = await mkdtemp(join(tmpdir(), 'querytrail-home-'));
  await mkdir(join(home, '.aws/sso/cache'), { recursive: true });
  server = createServer((request, response) => {
    const url = new URL(request.url ?? '', api);
    const answer = url.pathname.startsWith('/federation/')
      ? answerPortal(url, request)
      : answerApi(url, request);
    response.writeHead(answer ? 200 : 403, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no port');
  api = `http://0.0.0.0:${address.port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(home, { recursive: true });
});

/** As API Gateway does: an answer for a signature that is right, by somebody who is known. */
function answerApi(url: URL, { headers }: IncomingMessage): object | undefined {
  const sent = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, `${value}`]),
  );
  const [, id = ''] = /Credential=(\w+)\//.exec(sent.authorization ?? '') ?? [];
  const secret = SECRETS[id];
  if (secret === undefined) return undefined;
  const signature = expectedSignature({ url, headers: sent }, { region: REGION, secret });
  if (!sent.authorization?.endsWith(`Signature=${signature}`)) return undefined;
  signers.push(`${id} ${sent['x-amz-security-token'] ?? '-'}`);
  return { events: [] };
}

/** IAM Identity Center's GetRoleCredentials. */
function answerPortal({ searchParams }: URL, { headers }: IncomingMessage): object | undefined {
  portal.push(`${searchParams.get('account_id')} ${searchParams.get('role_name')}`);
  if (headers['x-amz-sso_bearer_token'] !== 'cached-token') return undefined;
  return {
    roleCredentials: {
      accessKeyId: 'ASIASSO',
      secretAccessKey: SECRETS.ASIASSO,
      sessionToken: 'sso-session',
      expiration: Date.now() + 3_600_000,
    },
  };
}

async function ask(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(
    process.execPath,
    ['dist/querytrail.cjs', 'query', '--api', api, '--table', 'shop.*', '-q', "it's", ...args],
    {
      env: {
        PATH: process.env.PATH,
        HOME: home,
        AWS_REGION: REGION,
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_ENDPOINT_URL_SSO: api.replace('0.0.0.0', '127.0.0.1'),
        AWS_ENDPOINT_URL_SSO_OIDC: NO_PORT,
        ...env,
      },
    },
  );
  let err = '';
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const exitCode = await new Promise((resolve) => child.once('exit', resolve));
  return { exitCode, err };
}

const aws = (file: string, text: string) => writeFile(join(home, '.aws', file), text);
const cachedToken = (name: string, expiresInMs: number) =>
  aws(
    `sso/cache/${createHash('sha1').update(name).digest('hex')}.json`,
    JSON.stringify({
      accessToken: 'cached-token',
      expiresAt: new Date(Date.now() + expiresInMs).toISOString(),
      startUrl: 'https://corp.awsapps.com/start',
      region: REGION,
    }),
  );

const ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: 'AKIDENVIRONMENT',
  AWS_SECRET_ACCESS_KEY: 'secret/of+the=environment',
  AWS_SESSION_TOKEN: 'session+token/=',
};
const PROFILE = `[audit]
aws_access_key_id = AKIDPROFILE
aws_secret_access_key = secret/of+the=profile
`;
const SSO_SESSION = `[profile audit]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Auditor
[sso-session corp]
sso_region = eu-central-1
sso_start_url = https://corp.awsapps.com/start
`;
const SSO_PROFILE = `[profile audit]
sso_region = eu-central-1
sso_start_url = https://corp.awsapps.com/start
sso_account_id = 111122223333
sso_role_name = Auditor
`;

test('signs with the environment', async () => {
  expect(await ask([], ENVIRONMENT)).toEqual({ exitCode: 0, err: '' });
  expect(signers).toEqual(['AKIDENVIRONMENT session+token/=']);
});

test('signs with a profile, which goes before the environment', async () => {
  await aws('credentials', PROFILE);

  const byOption = await ask(['--profile', 'audit'], ENVIRONMENT);
  const byVariable = await ask([], { AWS_PROFILE: 'audit' });

  expect([byOption.exitCode, byVariable.exitCode]).toEqual([0, 0]);
  expect(signers).toEqual(['AKIDPROFILE -', 'AKIDPROFILE -']);
});

test('signs with what a credential_process prints', async () => {
  const printed = {
    Version: 1,
    AccessKeyId: 'AKIDPROCESS',
    SecretAccessKey: SECRETS.AKIDPROCESS,
    SessionToken: 'of-process',
  };
  await writeFile(join(home, 'printed.json'), JSON.stringify(printed));
  await aws('config', `[profile audit]\ncredential_process = cat ${join(home, 'printed.json')}\n`);

  expect(await ask(['--profile', 'audit'])).toEqual({ exitCode: 0, err: '' });
  expect(signers).toEqual(['AKIDPROCESS of-process']);
});

test.each([
  ['an sso-session', SSO_SESSION, 'corp'],
  ['a profile of the older form', SSO_PROFILE, 'https://corp.awsapps.com/start'],
])('signs with IAM Identity Center, by the cached token of %s', async (_, config, cacheName) => {
  await aws('config', config);
  await cachedToken(cacheName, 3_600_000);

  expect(await ask(['--profile', 'audit'])).toEqual({ exitCode: 0, err: '' });
  expect(portal).toEqual(['111122223333 Auditor']);
  expect(signers).toEqual(['ASIASSO sso-session']);
});

test.each([
  ['an sso-session', SSO_SESSION, 'corp'],
  ['a profile of the older form', SSO_PROFILE, 'https://corp.awsapps.com/start'],
])('says to sign in again where the token of %s has expired', async (_, config, cacheName) => {
  await aws('config', config);
  await cachedToken(cacheName, -60_000);

  const { exitCode, err } = await ask(['--profile', 'audit']);

  expect(exitCode).toBe(1);
  expect(err).toMatch(/aws sso login/);
  expect(signers).toEqual([]);
});

test('says that there are no credentials', async () => {
  const { exitCode, err } = await ask([]);

  expect(exitCode).toBe(1);
  expect(err).toMatch(/^querytrail: cannot ask .*credentials/i);
});

test('says that the API takes no such credentials', async () => {
  const wrong = { ...ENVIRONMENT, AWS_SECRET_ACCESS_KEY: 'another' };

  expect(await ask([], wrong)).toEqual({
    exitCode: 1,
    err: 'querytrail: the API refused these credentials (403): they need execute-api:Invoke on it\n',
  });
});
