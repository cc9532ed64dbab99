import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import * as z from 'zod';

const intrinsic = z.object({
  Ref: z.string().optional(),
  'Fn::GetAtt': z.array(z.string()).optional(),
  'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]).optional(),
});

/**
 * Acknowledges the wildcards of a policy one by one, so that cdk-nag still finds any other.
 *
 * @param resources - the resources with a wildcard, as the policy's statements name them.
 * @param reason - why none of them can be named in full.
 */
export function acknowledgeWildcards(
  policy: IConstruct,
  resources: readonly string[],
  reason: string,
): void {
  for (const resource of resources) {
    const finding = flatten(Stack.of(policy).resolve(resource));
    Validations.of(policy).acknowledge({ id: `AwsSolutions-IAM5[Resource::${finding}]`, reason });
  }
}

/** A resource in cdk-nag's notation: references in angle brackets. */
function flatten(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = intrinsic.parse(value);
  if (join) return join[1].map(flatten).join(join[0]);
  return `<${Ref ?? attribute?.join('.')}>`;
}
