/**
 * In the bundles, this stands in the place of `@smithy/core/event-streams`: of all that the
 * functions call, nothing answers with an event stream (in S3, only S3 Select would).
 */
export function resolveEventStreamSerdeConfig<Config>(config: Config): Config {
  return config;
}

export function eventStreamSerdeProvider(): never {
  throw new Error('event streams are not bundled');
}
