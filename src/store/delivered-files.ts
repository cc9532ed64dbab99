import { type DayHours, dayHours, deliveryTime, isOf } from './delivery';
import type { DeliveredFile, DeliveryRange } from './event-store';
import type { createReceiptPacks } from './receipt-packs';
import { type createVerdicts, fileMark, verdictKey } from './verdicts';

export interface DeliveredFileSettings {
  readonly receipts: Pick<ReturnType<typeof createReceiptPacks>, 'listReceipts'>;
  readonly verdicts: Pick<ReturnType<typeof createVerdicts>, 'listVerdicts'>;
}

/** Joins receipts and verdicts: both are read once, for however many accounts and Regions. */
export function createDeliveredFiles({ receipts, verdicts }: DeliveredFileSettings) {
  async function* listDay(hours: DayHours): AsyncIterable<DeliveredFile> {
    const judged = await verdicts.listVerdicts(hours);
    for await (const receipt of receipts.listReceipts(hours)) {
      const { accountId, region, key } = receipt;
      const files = judged.get(verdictKey(receipt).sk)?.files;
      const mark = files ? fileMark(key) : '';
      const verdict = files?.get(mark)?.verdict ?? 'unverified';
      files?.delete(mark);
      yield { accountId, region, deliveredAt: deliveryTime(receipt), receipt, verdict };
    }
    for (const { files, accountId, region, time: deliveredAt } of judged.values()) {
      for (const { verdict } of files.values()) yield { accountId, region, deliveredAt, verdict };
    }
  }

  return async function* listFiles(range: DeliveryRange): AsyncIterable<DeliveredFile> {
    for (const hours of dayHours(range)) {
      for await (const file of listDay(hours)) if (isOf(file, range)) yield file;
    }
  };
}
