import { recoverStore } from '../../src/recovery/recover-store';
import { maskedAthenaEvent } from '../store/events';

test.each(['444455556666', '__proto__', 'constructor'])(
  'counts what is left out of the account %s',
  async (accountId) => {
    const events = [1, 2].map((id) => maskedAthenaEvent({ eventId: `event-${id}`, accountId }));

    const { leftOut } = await recoverStore({
      store: { listEvents: async () => ({ events }) },
      recover: async () => ({ recovered: 1, unavailable: 0, postponed: 0, unanswered: 0 }),
      canAsk: () => false,
      from: '2026-11-20T00:00:00Z',
      to: '2026-11-21T00:00:00Z',
    });

    expect(Object.entries(leftOut)).toEqual([[accountId, 2]]);
    expect(JSON.stringify(leftOut)).toBe(`{"${accountId}":2}`);
  },
);
