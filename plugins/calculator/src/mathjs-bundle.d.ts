// Owns the type of the bundled form of mathjs, which the package ships without one.

declare module 'mathjs/lib/browser/math.js' {
  import type { MathJsInstance } from 'mathjs';

  const mathematics: MathJsInstance;
  export = mathematics;
}
