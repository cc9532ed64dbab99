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
  ASIACONTAINER: 'secret/of+the=container',
  ASIAINSTANCE: 'secret/of+the=instance',
};
const REGION = 'eu-central-1';
const NO_PORT = 'http://127.0.0.1:9';

let home: string;
let server: Server;
/** Not a name of this machine to the command, so that it signs; yet nothing leaves the machine. */
let api: string;
let signers: string[];
let portal: string[];
/** Asked of the places that credentials come from besides the portal. */
let sources: string[];

beforeEach(async () => {
  [signers, portal, sources] = [[], [], []];
  home = await mkdtemp(join(tmpdir(), 'querytrail-home-'));
  await mkdir(join(home, '.aws/sso/cache'), { recursive: true });
  server = createServer((request, response) => {
    const url = new URL(request.url ?? '', api);
    const answer = url.pathname.startsWith('/v1/')
      ? answerApi(url, request)
      : answerSource(url, request);
    response.writeHead(answer === undefined ? 403 : 200, { 'content-type': 'application/json' });
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer ?? {}));
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

/** Where credentials come from. */
function answerSource(url: URL, request: IncomingMessage): object | string | undefined {
  const { pathname } = url;
  if (pathname.startsWith('/federation/')) return answerPortal(url, request);
  sources.push(`${request.method} ${pathname}`);
  if (pathname === '/token') return renewToken();
  if (pathname === '/container') return answerContainer(request);
  return answerInstance(pathname, request);
}

/** IAM Identity Center's CreateToken. */
function renewToken(): object {
  return {
    accessToken: 'renewed-token',
    expiresIn: 3600,
    refreshToken: 'next',
    tokenType: 'Bearer',
  };
}

/** The agent of ECS and of EKS Pod Identity. */
function answerContainer({ headers }: IncomingMessage): object | undefined {
  if (headers.authorization !== 'token-of-the-pod') return undefined;
  return credentialsOf('ASIACONTAINER', 'container-session');
}

/** IMDSv2: nothing without a token. */
function answerInstance(
  pathname: string,
  { method, headers }: IncomingMessage,
): object | string | undefined {
  if (pathname === '/latest/api/token') {
    const isAsked = headers['x-aws-ec2-metadata-token-ttl-seconds'] !== undefined;
    return method === 'PUT' && isAsked ? 'token-of-the-instance' : undefined;
  }
  if (headers['x-aws-ec2-metadata-token'] !== 'token-of-the-instance') return undefined;
  return pathname.endsWith('/auditor')
    ? { Code: 'Success', ...credentialsOf('ASIAINSTANCE', 'instance-session') }
    : 'auditor';
}

function credentialsOf(id: string, token: string): object {
  return {
    AccessKeyId: id,
    SecretAccessKey: SECRETS[id],
    Token: token,
    Expiration: new Date(Date.now() + 3_600_000).toISOString(),
  };
}

/** IAM Identity Center's GetRoleCredentials. */
function answerPortal({ searchParams }: URL, { headers }: IncomingMessage): object | undefined {
  portal.push(`${searchParams.get('account_id')} ${searchParams.get('role_name')}`);
  const token = String(headers['x-amz-sso_bearer_token']);
  if (!['cached-token', 'renewed-token'].includes(token)) return undefined;
  return {
    roleCredentials: {
      accessKeyId: 'ASIASSO',
      secretAccessKey: SECRETS.ASIASSO,
      sessionToken: 'sso-session',
      expiration: Date.now() + 3_600_000,
    },
  };
}

const here = () => api.replace('0.0.0.0', '127.0.0.1');

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
        AWS_ENDPOINT_URL_SSO: here(),
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
const cachedToken = (name: string, expiresInMs: number, more: object = {}) =>
  aws(
    `sso/cache/${createHash('sha1').update(name).digest('hex')}.json`,
    JSON.stringify({
      accessToken: 'cached-token',
      expiresAt: new Date(Date.now() + expiresInMs).toISOString(),
      startUrl: 'https://corp.awsapps.com/start',
      region: REGION,
      ...more,
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

test('renews an expired token of an sso-session that may be renewed', async () => {
  await aws('config', SSO_SESSION);
  await cachedToken('corp', -60_000, {
    accessToken: 'expired-token',
    clientId: 'client',
    clientSecret: 'of-client',
    registrationExpiresAt: new Date(Date.now() + 86_400_000).toISOString(),
    refreshToken: 'first',
  });

  const env = { AWS_ENDPOINT_URL_SSO_OIDC: here() };
  expect(await ask(['--profile', 'audit'], env)).toEqual({ exitCode: 0, err: '' });
  expect(sources).toEqual(['POST /token']);
  expect(signers).toEqual(['ASIASSO sso-session']);
});

test('signs with the credentials of a container, by the token in its file', async () => {
  await writeFile(join(home, 'token'), 'token-of-the-pod');

  const answer = await ask([], {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${here()}/container`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: join(home, 'token'),
  });

  expect(answer).toEqual({ exitCode: 0, err: '' });
  expect(sources).toEqual(['GET /container']);
  expect(signers).toEqual(['ASIACONTAINER container-session']);
});

test('signs with the role of an instance, by IMDSv2', async () => {
  const answer = await ask([], {
    AWS_EC2_METADATA_DISABLED: 'false',
    AWS_EC2_METADATA_SERVICE_ENDPOINT: here(),
  });

  expect(answer).toEqual({ exitCode: 0, err: '' });
  expect(sources[0]).toBe('PUT /latest/api/token');
  expect(signers).toEqual(['ASIAINSTANCE instance-session']);
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
