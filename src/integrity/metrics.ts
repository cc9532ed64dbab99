import { type AddMetric, METRICS } from '../names';
import type { DigestReport } from './integrity';

/** Counts a report's verdicts, zeros included: an alarm must tell "none" from "not running". */
export function countVerdicts({ digests, logs }: DigestReport, addMetric: AddMetric): void {
  const verified = digests.filter(({ verdict }) => verdict === 'verified').length;
  const countLogs = (wanted: string) => logs.filter(({ verdict }) => verdict === wanted).length;
  addMetric(METRICS.digestsVerified, verified);
  addMetric(METRICS.digestsFailed, digests.length - verified);
  addMetric(METRICS.logFilesVerified, countLogs('verified'));
  addMetric(METRICS.logFilesFailed, countLogs('failed'));
  addMetric(METRICS.logFilesMissing, countLogs('missing'));
  addMetric(METRICS.logFilesUnlisted, countLogs('unlisted'));
}
