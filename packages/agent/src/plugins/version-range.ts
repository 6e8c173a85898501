// Owns the comparison of versions with the ranges of manifests: exact, caret, or any. Refuses other
// forms of ranges: they satisfy nothing.

type Parts = readonly [major: number, minor: number, patch: number];

/** True when `version` (`1.2.3`) is within `range` (`1.2.3`, `^1.2`, `*`; semver.org, caret). */
export function satisfies(version: string, range: string): boolean {
  if (range === '*') return true;
  const actual = parse(version);
  const least = parse(range.replace(/^\^/, ''));
  if (actual === undefined || least === undefined) return false;
  if (!range.startsWith('^')) return compare(actual, least) === 0;
  return compare(actual, least) >= 0 && compare(actual, ceiling(range, least)) < 0;
}

/** The first version that a caret range excludes: the next of the left-most non-zero part. */
function ceiling(range: string, [major, minor, patch]: Parts): Parts {
  const given = range.split('.').length;
  if (major > 0 || given === 1) return [major + 1, 0, 0];
  if (minor > 0 || given === 2) return [0, minor + 1, 0];
  return [0, 0, patch + 1];
}

function parse(version: string): Parts | undefined {
  const found = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-[0-9A-Za-z.-]+)?$/.exec(version);
  if (found === null) return undefined;
  return [Number(found[1]), Number(found[2] ?? 0), Number(found[3] ?? 0)];
}

function compare(left: Parts, right: Parts): number {
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
}
