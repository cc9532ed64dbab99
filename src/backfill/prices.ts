/**
 * List prices of AWS in us-east-1, US dollars, without free tiers, as of November 2026: what every
 * estimate of costs is made of.
 *
 * @see https://aws.amazon.com/dynamodb/pricing/on-demand/
 * @see https://aws.amazon.com/lambda/pricing/
 * @see https://aws.amazon.com/s3/pricing/
 * @see https://aws.amazon.com/sqs/pricing/
 */
const USD = {
  /** On demand, standard table class. */
  dynamoWriteUnit: 0.625e-6,
  dynamoReadUnit: 0.125e-6,
  s3Get: 0.4e-6,
  s3List: 5e-6,
  /** Standard queue; a request carries up to 64 KB. */
  sqsRequest: 0.4e-6,
  lambdaRequest: 0.2e-6,
  /** arm64. */
  lambdaGbSecond: 13.3334e-6,
} as const;

export type Usage = Readonly<Record<keyof typeof USD, number>>;

export interface Cost {
  readonly dynamodb: number;
  readonly s3: number;
  readonly sqs: number;
  readonly lambda: number;
  readonly total: number;
}

/**
 * What AWS charges for these units. Left out: storage, KMS (nearly nothing where the bucket uses an
 * S3 bucket key), logs, and what crosses Regions.
 */
export function costOf(usage: Usage): Cost {
  const price = (unit: keyof typeof USD) => usage[unit] * USD[unit];
  const dynamodb = price('dynamoWriteUnit') + price('dynamoReadUnit');
  const s3 = price('s3Get') + price('s3List');
  const sqs = price('sqsRequest');
  const lambda = price('lambdaRequest') + price('lambdaGbSecond');
  return { dynamodb, s3, sqs, lambda, total: dynamodb + s3 + sqs + lambda };
}
