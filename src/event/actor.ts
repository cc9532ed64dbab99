import { booleanOf, type Json, objectOf, textOf } from '../cloudtrail/record';
import type { AuditEvent, Principal } from './audit-event';
import { matchUserAgent } from './user-agents';

type Actor = AuditEvent['actor'];

const SERVICE_HOST = /\.amazonaws\.com(\.cn)?$/;
const SERVICE_LINKED_ROLE = ':role/aws-service-role/';
const SSO_ROLE = /:role\/(.*\/)?AWSReservedSSO_/;
/** Names that EC2 and the SDKs give to sessions that nobody named. */
const MACHINE_SESSION = /^(i-[0-9a-f]{8,17}|botocore-session-\d+|aws-sdk-[a-z]+-(session-)?\d+)$/;
const MACHINE_PROVIDER = /oidc\.eks\.|token\.actions\.githubusercontent\.com/;

/**
 * Tells whether a person, a program or an AWS service was at work. The first rule that holds
 * counts; where none does it is `unknown`.
 *
 * 1. an AWSService identity: `aws-service`
 * 2. credentials of a console session (`sessionCredentialFromConsole`): `human`
 * 3. `invokedBy` the sign-in service: `human`; by any other service, or a service-linked role, or
 *    a service's name as source address: `aws-service`
 * 4. an Identity Center user, a permission-set role, a session with multi-factor
 *    authentication: `human`
 * 5. credentials given to EC2, Lambda, EKS or GitHub Actions, or a session that an SDK
 *    named: `application`
 * 6. the user agent, by the table in user-agents.ts
 */
export function tellActor(record: Json, principal: Principal): Actor {
  return (
    byService(record, principal) ?? byIdentity(record, principal) ?? byUserAgent(record, principal)
  );
}

function byService(record: Json, principal: Principal): Actor | undefined {
  if (principal.type === 'AWSService') return 'aws-service';
  if (booleanOf(record.sessionCredentialFromConsole)) return 'human';
  const { invokedBy, roleArn } = principal;
  if (invokedBy?.startsWith('signin.')) return 'human';
  const isService =
    (invokedBy !== undefined && SERVICE_HOST.test(invokedBy)) ||
    roleArn?.includes(SERVICE_LINKED_ROLE) ||
    SERVICE_HOST.test(textOf(record.sourceIPAddress) ?? '');
  return isService ? 'aws-service' : undefined;
}

function byIdentity(record: Json, principal: Principal): Actor | undefined {
  const { type, onBehalfOf, roleArn, mfa, sessionName } = principal;
  if (type === 'IdentityCenterUser' || onBehalfOf !== undefined || mfa) return 'human';
  if (roleArn !== undefined && SSO_ROLE.test(roleArn)) return 'human';
  const identity = objectOf(record.userIdentity);
  const { ec2RoleDelivery, webIdFederationData } = objectOf(identity.sessionContext);
  const provider =
    textOf(objectOf(webIdFederationData).federatedProvider) ?? textOf(identity.identityProvider);
  const isProgram =
    ec2RoleDelivery !== undefined ||
    textOf(objectOf(identity.inScopeOf).issuerType) !== undefined ||
    MACHINE_SESSION.test(sessionName ?? '') ||
    MACHINE_PROVIDER.test(provider ?? '');
  return isProgram ? 'application' : undefined;
}

function byUserAgent(record: Json, principal: Principal): Actor {
  const userAgent = textOf(record.userAgent);
  if (userAgent === undefined) return 'unknown';
  return matchUserAgent(userAgent, principal.type)?.actor ?? 'unknown';
}
