/**
 * In the bundles, this stands in the place of `@aws-sdk/endpoint-cache`: endpoints follow from the
 * Region, and the SDK looks for discovered ones only where that is switched on.
 */
export class EndpointCache {}
