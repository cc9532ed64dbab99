/** What has been found in one statement so far; names in the order of first appearance. */
export class Findings {
  readonly reads = new Set<string>();
  readonly writes = new Set<string>();
  readonly columns = new Set<string>();
  readonly locations: string[] = [];
  preparedStatement: string | undefined;
  /** The outermost query selects `*`. */
  selectsAll = false;
  hasLimit = false;
  hasWhere = false;
  allowsFiltering = false;
  /** `WITH … INSERT INTO`. */
  insertsAfterWith = false;
  /** Rows leave for a place in S3 that the statement names. */
  exports = false;
}
