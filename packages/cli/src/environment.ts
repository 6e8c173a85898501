// Owns every fact about the machine that the program starts from: variables, terminal, folders,
// locale, zone. Refuses to be bypassed: no other file reads the environment of the process.

import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** What the three standard streams are connected to. */
export interface TerminalFacts {
  readonly isInput: boolean;
  readonly isOutput: boolean;
  readonly isError: boolean;
  /** True for a terminal that cannot move its cursor. */
  readonly isDumb: boolean;
  /** Width in character cells. */
  readonly columns: number;
  /** Whether standard output and standard error may be coloured. */
  readonly isColoured: boolean;
  readonly isErrorColoured: boolean;
}

/** Facts that stay the same while the program runs. */
export interface Environment {
  /** All variables, for the agent to find models by. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly nodeVersion: string;
  /** Absolute folder of the data; need not exist. */
  readonly dataDirectory: string;
  readonly configurationFile: string;
  readonly homeFolder: string;
  readonly workingFolder: string;
  readonly terminal: TerminalFacts;
  /** BCP 47 tag for dates and numbers. */
  readonly locale: string;
  /** IANA zone of the machine. */
  readonly timeZone: string;
  /** Of backups; not among `variables`, which the agent gets. */
  readonly backupPassphrase: string | undefined;
  /** What every machine of a cluster is told. */
  readonly cluster: {
    readonly databaseUrl?: string;
    readonly temporalAddress?: string;
    readonly rootKeyFile?: string;
  };
  /** True when a build machine runs the program: nobody is there to answer. */
  readonly isUnattended: boolean;
}

/** What `environmentOf` derives the facts from. */
export interface EnvironmentSource {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly nodeVersion: string;
  readonly homeFolder: string;
  readonly workingFolder: string;
  readonly timeZone: string;
  readonly streams: {
    readonly input: boolean;
    readonly output: boolean;
    readonly error: boolean;
    readonly columns: number | undefined;
  };
}

const COLUMNS_DEFAULT = 80;
/** Output that goes to a program is not cut. */
const COLUMNS_PIPED = 10_000;
/** Where the system names no language: English with days before months and 24 hours. */
const LOCALE_DEFAULT = 'en-GB';

/** The facts of this process. */
export function readEnvironment(): Environment {
  return environmentOf({
    variables: process.env,
    platform: process.platform,
    nodeVersion: process.versions.node,
    homeFolder: homedir(),
    workingFolder: process.cwd(),
    timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
    streams: {
      input: process.stdin.isTTY === true,
      output: process.stdout.isTTY === true,
      error: process.stderr.isTTY === true,
      columns: process.stdout.columns,
    },
  });
}

/** The facts that follow from a source; pure. */
export function environmentOf(source: EnvironmentSource): Environment {
  const { platform, nodeVersion, homeFolder, workingFolder, timeZone } = source;
  const { OPENCOMPUTER_BACKUP_PASSPHRASE: backupPassphrase, ...variables } = source.variables;
  const dataDirectory = dataDirectoryOf(source);
  return {
    variables,
    platform,
    nodeVersion,
    dataDirectory,
    configurationFile: variables['OPENCOMPUTER_CONFIG'] || join(dataDirectory, 'config.yaml'),
    homeFolder,
    workingFolder,
    terminal: terminalOf(source),
    locale: localeOf(variables),
    timeZone,
    backupPassphrase: backupPassphrase || undefined,
    cluster: clusterOf(variables),
    isUnattended: Boolean(variables['CI']) && variables['CI'] !== 'false',
  };
}

function dataDirectoryOf({ variables, platform, homeFolder, workingFolder }: EnvironmentSource) {
  const chosen = variables['OPENCOMPUTER_HOME'];
  if (chosen) return isAbsolute(chosen) ? chosen : join(workingFolder, chosen);
  if (platform === 'darwin') return join(homeFolder, 'Library', 'Application Support', NAME);
  if (platform === 'win32') {
    return join(variables['LOCALAPPDATA'] || join(homeFolder, 'AppData', 'Local'), NAME);
  }
  // The XDG specification says that a relative path is to be ignored.
  const shared = variables['XDG_DATA_HOME'];
  return join(shared && isAbsolute(shared) ? shared : join(homeFolder, '.local', 'share'), NAME);
}

const NAME = 'opencomputer';

function clusterOf(variables: EnvironmentSource['variables']): Environment['cluster'] {
  const databaseUrl = variables['OPENCOMPUTER_DATABASE_URL'];
  const temporalAddress = variables['OPENCOMPUTER_TEMPORAL_ADDRESS'];
  const rootKeyFile = variables['OPENCOMPUTER_ROOT_KEY_FILE'];
  return {
    ...(databaseUrl && { databaseUrl }),
    ...(temporalAddress && { temporalAddress }),
    ...(rootKeyFile && { rootKeyFile }),
  };
}

function terminalOf({ variables, streams }: EnvironmentSource): TerminalFacts {
  const isDumb = variables['TERM'] === 'dumb';
  const forced = variables['FORCE_COLOR'];
  const isForced = forced !== undefined && forced !== '' && forced !== '0' && forced !== 'false';
  const isRefused = Boolean(variables['NO_COLOR']) || forced === '0' || forced === 'false';
  const colours = (isTerminal: boolean) =>
    !isRefused && (isForced || (isTerminal && !isDumb)) ? true : false;
  return {
    isInput: streams.input,
    isOutput: streams.output,
    isError: streams.error,
    isDumb,
    columns:
      streams.columns ||
      Number(variables['COLUMNS']) ||
      (streams.output ? COLUMNS_DEFAULT : COLUMNS_PIPED),
    isColoured: colours(streams.output),
    isErrorColoured: colours(streams.error),
  };
}

function localeOf(variables: EnvironmentSource['variables']): string {
  const name = variables['LC_ALL'] || variables['LC_TIME'] || variables['LANG'] || '';
  const tag = (name.split(/[.@]/)[0] ?? '').replaceAll('_', '-');
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? LOCALE_DEFAULT;
  } catch {
    // "C" and "POSIX" are not language tags.
    return LOCALE_DEFAULT;
  }
}
