import { type CallSettings, createDynamoCalls } from './dynamo-calls';
import { type ItemKey, keyPart } from './keys';
import { TABLE } from './names';

/** What Athena said to the questions about one account. */
export interface Replies {
  readonly hasRefused: boolean;
  readonly hasAnswered: boolean;
}

/** After so long without a refusal, another one is news again. */
const REST_MS = 7 * 86_400_000;
/** An account that goes on to refuse is written about no more often. */
const REMEMBER_MS = 3_600_000;
const SORT_KEY = 'refusal';
/** When the last one was, milliseconds since 1970. */
const REFUSED_AT = 'r';
/** Whether the account has answered after it was told of. */
const HAS_ANSWERED = 'a';

/**
 * Which accounts let nobody ask their Athena, in an item each. An account that was never set up is
 * told of once. One that has answered in between, and refused nothing for a week, is told of again.
 */
export function createRefusals(settings: CallSettings & { readonly now?: () => number }) {
  const { now = Date.now } = settings;
  const calls = createDynamoCalls(settings);

  return {
    /**
     * Remembers what an account said.
     * @returns whether it has begun to refuse. Of two calls at once both may say so.
     */
    async note(accountId: string, { hasRefused, hasAnswered }: Replies): Promise<boolean> {
      const key = keyOfAccount(accountId);
      const [known] = await calls.getAll([key], { consistent: true });
      const refusedAt = Number(known?.[REFUSED_AT] ?? 0);
      const answeredBefore = known?.[HAS_ANSWERED] === true;
      const isNews =
        hasRefused && (known === undefined || (answeredBefore && now() - refusedAt >= REST_MS));
      const answers = isNews ? hasAnswered : answeredBefore || hasAnswered;

      const isLater = hasRefused && now() - refusedAt >= REMEMBER_MS;
      if (isLater || (known !== undefined && answers !== answeredBefore)) {
        await calls.putAll([
          {
            [TABLE.partitionKey]: key.pk,
            [TABLE.sortKey]: key.sk,
            [REFUSED_AT]: hasRefused ? now() : refusedAt,
            [HAS_ANSWERED]: answers,
          },
        ]);
      }
      return isNews;
    },
  };
}

function keyOfAccount(accountId: string): ItemKey {
  return { pk: `R#${keyPart(accountId)}`, sk: SORT_KEY };
}
