/**
 * What to do about an error whose words do not say it: those of AWS's clients where nobody has
 * signed in yet, also below an error of ours.
 */
export function adviceFor(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at.message === 'Region is missing') return 'set AWS_REGION';
    if (at.name === 'CredentialsProviderError') {
      return 'sign in to AWS (aws sso login) or set AWS_PROFILE; see aws sts get-caller-identity';
    }
  }
  return undefined;
}
