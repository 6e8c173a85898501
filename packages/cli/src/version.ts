// Owns the version that `agent --version` prints. Refuses to read files: it is asked for in the
// first milliseconds of a start.

/** Version of the program, semver; a test holds it equal to the package's. */
export const VERSION = '0.1.0';
