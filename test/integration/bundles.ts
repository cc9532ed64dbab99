import { execFile } from 'node:child_process';
import { mkdtemp, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';

const ROOT = join(__dirname, '..', '..');

export const BUNDLE_NAMES = ['Ingest', 'QueryApi', 'Integrity', 'Upkeep', 'Recovery'] as const;
export type BundleName = (typeof BUNDLE_NAMES)[number];

/** Sizes that a bundle may have, in bytes. */
export const BUNDLE_BUDGETS: Readonly<Partial<Record<BundleName, number>>> = {
  Ingest: 600_000,
  QueryApi: 500_000,
};

const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Metadata: z.object({ 'aws:asset:path': z.string() }).partial().optional(),
      Properties: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
});

/** What else CloudFormation puts in: ARNs, which a test takes as they come. */
const attribute = z.object({}).transform(() => 'arn:aws:iam::111122223333:role/of-the-stack');

const environmentSchema = z.object({
  Variables: z.record(z.string(), z.union([z.string(), z.object({ Ref: z.string() }), attribute])),
});

const policySchema = z.object({
  Roles: z.array(z.object({ Ref: z.string() })),
  PolicyDocument: z.object({
    Statement: z.array(z.object({ Action: z.union([z.string(), z.array(z.string())]) })),
  }),
});

interface Bundle {
  /** The one file that Lambda loads. */
  readonly file: string;
  readonly sizeBytes: number;
  /** As in the template: a text, or a reference to a resource by its logical id. */
  readonly environment: z.infer<typeof environmentSchema>['Variables'];
  /** IAM actions that the function's role allows. */
  readonly actions: readonly string[];
}

export interface SynthesizedBundles {
  readonly bundles: Readonly<Record<BundleName, Bundle>>;
  /** Properties of the table. */
  readonly table: Readonly<Record<string, unknown>>;
}

/** Runs `cdk synth` as a user would, without credentials, and finds what it made. */
export async function synthesizeBundles(): Promise<SynthesizedBundles> {
  const output = await mkdtemp(join(tmpdir(), 'querytrail-synth-'));
  const cdk = join(dirname(require.resolve('aws-cdk/package.json')), 'bin', 'cdk');
  await promisify(execFile)(
    process.execPath,
    [cdk, 'synth', '--quiet', '--no-notices', '--asset-metadata', '--output', output],
    {
      cwd: ROOT,
      env: { PATH: process.env.PATH, HOME: output, AWS_EC2_METADATA_DISABLED: 'true' },
    },
  );
  const template = templateSchema.parse(
    JSON.parse(await readFile(join(output, 'Querytrail.template.json'), 'utf8')),
  );
  const resources = Object.entries(template.Resources);
  const find = async (name: BundleName): Promise<Bundle> => {
    const [, resource] =
      resources.find(
        ([id, { Type }]) => Type === 'AWS::Lambda::Function' && id.startsWith(`${name}Function`),
      ) ?? [];
    const asset = resource?.Metadata?.['aws:asset:path'];
    if (asset === undefined) throw new Error(`the template has no function ${name}`);
    const file = join(output, asset, 'index.js');
    const { Variables } = environmentSchema.parse(resource?.Properties?.Environment);
    const actions = resources
      .filter(([, { Type }]) => Type === 'AWS::IAM::Policy')
      .map(([, { Properties }]) => policySchema.parse(Properties))
      .filter(({ Roles }) => Roles.some(({ Ref }) => Ref.startsWith(`${name}FunctionRole`)))
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement.flatMap(({ Action }) => Action));
    return { file, sizeBytes: (await stat(file)).size, environment: Variables, actions };
  };
  const [, table] = resources.find(([, { Type }]) => Type === 'AWS::DynamoDB::Table') ?? [];
  return {
    bundles: {
      Ingest: await find('Ingest'),
      QueryApi: await find('QueryApi'),
      Integrity: await find('Integrity'),
      Upkeep: await find('Upkeep'),
      Recovery: await find('Recovery'),
    },
    table: table?.Properties ?? {},
  };
}
