// Owns which part of the tree may import which, and the proof that these rules are alive. Refuses
// to pass when the planted violations in `fixtures/layers` are not all found.

import { cruise, type ICruiseResult, type IRegularForbiddenRuleType } from 'dependency-cruiser';
import { join } from 'node:path';

const AGENT = '^packages/agent/src/';
const TEST = '\\.test\\.ts$';

/** Name of the rule to what is forbidden. */
const FORBIDDEN: Record<string, Pick<IRegularForbiddenRuleType, 'from' | 'to'>> = {
  'agent-sibling': {
    from: { path: `${AGENT}([^/]+)/`, pathNot: TEST },
    to: { path: AGENT, pathNot: `${AGENT}$1/` },
  },
  'agent-test-uses-a-sibling-by-its-index': {
    from: { path: `${AGENT}([^/]+)/.*${TEST}` },
    to: { path: AGENT, pathNot: [`${AGENT}$1/`, `${AGENT}[^/]+/index\\.ts$`] },
  },
  'only-server-wires': {
    from: {
      path: `${AGENT}[^/]+\\.ts$`,
      pathNot: [`${AGENT}(server|maintenance|extensions|index)\\.ts$`, TEST],
    },
    to: { path: `${AGENT}[^/]+/` },
  },
  'agent-imports-contracts-only': {
    from: { path: AGENT, pathNot: TEST },
    // The host seals for plugins that cannot, in the very files of the author kit: one form, one code.
    to: { path: '^packages/(?!agent/|contracts/|plugin/src/storage\\.ts)' },
  },
  'core-is-pure': {
    from: { path: `${AGENT}core/`, pathNot: TEST },
    to: { dependencyTypes: ['core'] },
  },
  'plugin-imports-contracts-or-plugin': {
    from: { path: '^plugins/([^/]+)/', pathNot: TEST },
    to: { path: '^(packages/(?!contracts/|plugin/)|plugins/)', pathNot: '^plugins/$1/' },
  },
  'plugin-test-is-an-outsider': {
    from: { path: `^plugins/([^/]+)/.*${TEST}` },
    to: { path: '^(packages/(agent|cli)/|plugins/)', pathNot: '^plugins/$1/' },
  },
  'internal-is-for-the-host': {
    from: { path: '^(plugins|packages/plugin)/' },
    to: { path: '^packages/contracts/src/internal/' },
  },
  'contracts-import-nothing': {
    from: { path: '^packages/contracts/src/', pathNot: TEST },
    to: {
      path: '^(packages|plugins|node_modules)/',
      pathNot: '^(packages/contracts/|node_modules/(zod|@ai-sdk/provider)/)',
    },
  },
  'kits-import-contracts-only': {
    from: { path: '^packages/(plugin|testkit)/src/', pathNot: TEST },
    to: { path: '^(packages/(agent|cli)|plugins)/' },
  },
  'no-test-code-in-the-product': {
    from: {
      path: '^(packages|plugins)/',
      // `agent plugin test` is what authors run, and holds their plugins to the suite.
      pathNot: [
        TEST,
        '^packages/testkit/',
        '^packages/cli/src/plugin/(checks|samples)\\.ts$',
        '^packages/temporal/(cluster|scripts|src/fixtures)/',
      ],
    },
    to: { path: [TEST, '^packages/testkit/'] },
  },
  'no-cycle': { from: { path: '^(packages|plugins)/' }, to: { circular: true } },
  'temporal-imports-contracts-and-core': {
    from: { path: '^packages/temporal/src/', pathNot: [TEST, '/fixtures/'] },
    to: { path: '^(packages/(?!temporal/|contracts/|agent/src/core/)|plugins/)' },
  },
  // Dependencies of `packages/temporal` are installed apart, and checked by its types there.
  resolvable: {
    from: { path: '^(packages|plugins)/', pathNot: '^packages/temporal/' },
    to: { couldNotResolve: true },
  },
};

const RULES: IRegularForbiddenRuleType[] = Object.entries(FORBIDDEN).map(([name, sides]) => ({
  name,
  severity: 'error',
  ...sides,
}));

/** Each violation below `baseFolder` as "rule: from → to", and how many modules were read. */
export async function layerViolations(
  baseFolder: string,
): Promise<{ violations: string[]; modules: number }> {
  const result = await cruise(
    ['packages', 'plugins'],
    {
      baseDir: baseFolder,
      ruleSet: { forbidden: RULES },
      validate: true,
      exclude: { path: '/(dist|dist-types|templates)/' },
      doNotFollow: { path: 'node_modules' },
      tsPreCompilationDeps: true,
      parser: 'swc',
    },
    { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  );
  const { summary, modules } = result.output as ICruiseResult;
  return {
    violations: summary.violations.map(
      ({ rule: { name }, from, to }) => `${name}: ${from} → ${to}`,
    ),
    modules: modules.length,
  };
}

/** Rules that the planted violations did not trip: the configuration no longer works. */
export async function deadRules(): Promise<string[]> {
  const { violations } = await layerViolations(join(import.meta.dirname, 'fixtures', 'layers'));
  return RULES.map(({ name }) => name ?? '').filter(
    (name) => !violations.some((violation) => violation.startsWith(`${name}:`)),
  );
}

if (import.meta.main) {
  const { violations, modules } = await layerViolations(join(import.meta.dirname, '..'));
  const dead = await deadRules();
  for (const violation of violations) console.log(violation);
  for (const name of dead) console.log(`rule ${name} misses the violation planted for it`);
  console.log(`${modules} modules, ${RULES.length} rules`);
  process.exitCode = violations.length + dead.length > 0 ? 1 : 0;
}
