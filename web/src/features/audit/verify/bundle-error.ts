/** The bundle does not prove what it claims; `index` is the first bad entry where one can be named. */
export class BundleError extends Error {
  readonly index: number | null;

  constructor(what: string, index: number | null = null) {
    super(what);
    this.name = "BundleError";
    this.index = index;
  }
}

/** This browser cannot do it, which says nothing about the bundle. */
export class UnsupportedError extends Error {
  constructor(what: string) {
    super(what);
    this.name = "UnsupportedError";
  }
}
