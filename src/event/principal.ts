import { booleanOf, type Json, objectOf, textOf } from '../cloudtrail/record';
import type { Principal } from './audit-event';
import { defined } from './defined';

/** Written in place of a user name that may be a mistyped password. */
const HIDDEN_NAME = 'HIDDEN_DUE_TO_SECURITY_REASONS';

/**
 * Says who made a call, in words that a person recognizes.
 *
 * `name` is the user name of an IAM user, the session name of a role session (its role is in
 * `roleArn`), `root`, the service of an AWSService, the user id of an Identity Center user, the
 * account of another account. An unknown type gives the first that is there of user name, session
 * name, Identity Center user id, service, last part of the ARN, role name, account, principal id.
 *
 * @param userIdentity - of the record; every member may be missing.
 * @param eventAccountId - the last resort for a name.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
export function buildPrincipal(userIdentity: Json, eventAccountId: string): Principal {
  const sessionContext = objectOf(userIdentity.sessionContext);
  const issuer = objectOf(sessionContext.sessionIssuer);
  const type = textOf(userIdentity.type) ?? 'Unknown';
  const arn = textOf(userIdentity.arn);
  const accountId = textOf(userIdentity.accountId) ?? textOf(issuer.accountId);
  const sessionName = type === 'AssumedRole' ? sessionNameOf(userIdentity, arn) : undefined;
  const onBehalfOf = textOf(objectOf(userIdentity.onBehalfOf).userId);
  const invokedBy = textOf(userIdentity.invokedBy);
  const name =
    nameByType(type, { sessionName, onBehalfOf, invokedBy, accountId }) ??
    userNameOf(userIdentity) ??
    sessionName ??
    onBehalfOf ??
    invokedBy ??
    lastPart(arn) ??
    textOf(issuer.userName) ??
    accountId ??
    textOf(userIdentity.principalId) ??
    eventAccountId;
  return defined({
    type,
    name,
    arn,
    accountId,
    roleArn: roleArnOf(type, arn, issuer),
    sessionName,
    sourceIdentity: textOf(sessionContext.sourceIdentity),
    onBehalfOf,
    invokedBy,
    mfa: booleanOf(objectOf(sessionContext.attributes).mfaAuthenticated),
  });
}

/** Types whose name does not come from `userName` first. */
function nameByType(
  type: string,
  known: Partial<Record<'sessionName' | 'onBehalfOf' | 'invokedBy' | 'accountId', string>>,
): string | undefined {
  switch (type) {
    case 'Root':
      return 'root';
    case 'AssumedRole':
      return known.sessionName;
    case 'AWSService':
      return known.invokedBy;
    case 'AWSAccount':
      return known.accountId;
    case 'IdentityCenterUser':
      return known.onBehalfOf;
    default:
      return undefined;
  }
}

function userNameOf(userIdentity: Json): string | undefined {
  const userName = textOf(userIdentity.userName);
  return userName === HIDDEN_NAME ? undefined : userName;
}

/** `arn:aws:sts::<account>:assumed-role/<role>/<session>`, else `<role id>:<session>`. */
function sessionNameOf(userIdentity: Json, arn: string | undefined): string | undefined {
  const [, , session] = arn?.includes(':assumed-role/') ? arn.split('/') : [];
  if (session) return session;
  const principalId = textOf(userIdentity.principalId) ?? '';
  const colon = principalId.indexOf(':');
  return colon >= 0 ? textOf(principalId.slice(colon + 1)) : undefined;
}

/**
 * The role behind a role session. Without a session issuer it is put together from the session's
 * ARN, which lacks the role's path.
 */
function roleArnOf(type: string, arn: string | undefined, issuer: Json): string | undefined {
  const issuerArn = textOf(issuer.arn);
  if (issuerArn?.includes(':role/')) return issuerArn;
  if (type === 'Role') return arn;
  const session =
    arn === undefined ? null : /^(arn:[^:]+):sts:([^:]*:[^:]*):assumed-role\/([^/]+)\//.exec(arn);
  return session ? `${session[1]}:iam:${session[2]}:role/${session[3]}` : undefined;
}

function lastPart(arn: string | undefined): string | undefined {
  return textOf(arn?.slice(Math.max(arn.lastIndexOf('/'), arn.lastIndexOf(':')) + 1));
}
