import template from '../../templates/recovery-role.json';

const { AssumeRolePolicyDocument, Policies } = template.Resources.RecoveryRole.Properties;

test('the role for other accounts may read the Athena history and nothing else', () => {
  expect(Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)).toEqual([
    {
      Effect: 'Allow',
      Action: [
        'athena:BatchGetQueryExecution',
        'athena:GetNamedQuery',
        'athena:GetPreparedStatement',
      ],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own placeholders
      Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:athena:*:${AWS::AccountId}:workgroup/*' },
    },
  ]);
});

test('only the recovery function may assume it', () => {
  expect(AssumeRolePolicyDocument.Statement).toEqual([
    {
      Effect: 'Allow',
      Principal: { AWS: { Ref: 'RecoveryFunctionRoleArn' } },
      Action: 'sts:AssumeRole',
    },
  ]);
});
