const LIST_MAX = 16;

/** Names in the order of first appearance, each once. */
export class NameList {
  readonly names: string[] = [];
  private seen: Set<string> | undefined;

  add(name: string): void {
    const { names } = this;
    if (names.length >= LIST_MAX) {
      this.seen ??= new Set(names);
      if (this.seen.has(name)) return;
      this.seen.add(name);
    } else if (names.includes(name)) {
      return;
    }
    names.push(name);
  }

  /** Puts the database before the name found last. */
  qualify(database: string): void {
    const name = this.names.pop();
    if (name !== undefined) this.names.push(`${database}.${name}`);
  }
}

/** What has been found in one statement so far. */
export class Findings {
  readonly reads = new NameList();
  readonly writes = new NameList();
  readonly columns = new NameList();
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

  addLocation(uri: string, access: 'read' | 'write'): void {
    if (uri !== '') this.locations.push({ uri, access });
  }
}
