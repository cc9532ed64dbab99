/** What has been found in one statement so far; names in the order of first appearance. */
export class Findings {
  readonly reads = new Set<string>();
  readonly writes = new Set<string>();
  readonly columns = new Set<string>();
  readonly locations: { uri: string; access: 'read' | 'write' }[] = [];
  preparedStatement: string | undefined;
  /** The outermost query selects `*`. */
  selectsAll = false;
  hasLimit = false;
  hasWhere = false;
  allowsFiltering = false;
  /** `WITH … INSERT INTO`. */
  insertsAfterWith = false;
  writesExternalLocation = false;
}
