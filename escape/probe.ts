// Owns what one line of the table says: a program, what it stands for, how its success is recorded
// outside, and what must be seen inside. Refuses to know how it is run.

/**
 * What a program is allowed: nothing but its own storage; a granted folder too; a host (`*.example.com`)
 * and a secret for it too; every public host too.
 */
export type Rights = 'nothing' | 'folder' | 'host' | 'web';

/** Where programs run. */
export interface Ground {
  /** In the arguments of every process of this run, and in everything that the program sends. */
  readonly token: string;
  /** What only the world knows; who prints it has read it. */
  readonly canary: string;
  readonly folder: string;
  /** What the program is told, as variables `G_…`. */
  readonly facts: Readonly<Record<string, string>>;
}

/** One process of a program, as the host sees it. */
export interface ProcessView {
  readonly id: number;
  readonly residentMb: number;
  readonly writtenMb: number;
  readonly processorSeconds: number;
  readonly threads: number;
  readonly descriptors: number;
  /** What descriptor 9 leads to: programs put there what they want to show. */
  readonly shown: string;
  readonly userNamespace: string;
  readonly root: string;
  readonly mounts: string;
}

/** The most that was seen of all processes of a program together, at any one look. */
export interface Peak {
  readonly processes: number;
  readonly threads: number;
  readonly residentMb: number;
  readonly writtenMb: number;
  readonly descriptors: number;
  /** Processor seconds by second of the clock, over the whole run. */
  readonly processorShare: number;
}

/** What came of one run. */
export interface Seen {
  readonly ground: Ground;
  readonly output: string;
  /** Everything that a person would be told: output, log, how it ended, why it was ended. */
  readonly report: string;
  /** `tcp address:port`, `udp address:port`, `dns name` and so on, with what arrived. */
  readonly hits: readonly Hit[];
  readonly processes: readonly ProcessView[];
  readonly peak: Peak;
}

/** Something of the program that arrived at the world. */
export interface Hit {
  readonly at: string;
  readonly text: string;
}

/** A hostile program. */
export interface Probe {
  readonly id: string;
  /** Not more than three programs share one. */
  readonly class: string;
  readonly tries: string;
  /** CVE, CWE or ATT&CK technique, and its name. */
  readonly standsFor: string;
  readonly language: 'python' | 'node' | 'sh';
  readonly rights: Rights;
  readonly program: string;
  /** What the world shows when it succeeded, in words and as a question. */
  readonly recorded: string;
  succeeded(seen: Seen): boolean;
  /** What a run inside must tell: one that failed for another reason would prove nothing. */
  readonly fails: RegExp;
  readonly why: string;
  /** Outside it works as root, or in a network of its own, which only root can make. */
  readonly needsRoot?: boolean;
  /** The process of the world that it is aimed at. */
  readonly bystander?: 'agent' | 'inspector';
  /** Starts one after the other, on the same ground. */
  readonly starts?: number;
  /** A program that does not end is looked at this long. */
  readonly milliseconds?: number;
  /** What it may keep, other than the usual 16 MB. */
  readonly diskMb?: number;
  /** A share of a processor other than the usual one. */
  readonly cpuShare?: number;
  readonly architecture?: 'x64';
  /** What bounds it is a control group, or nothing: without one the limit is not claimed. */
  readonly controller?: 'memory' | 'cpu';
  /** Variables that the plugin's manifest asks for. */
  environment?(ground: Ground): Readonly<Record<string, string>>;
  /** Part of what `npm test` runs. */
  readonly isQuick?: boolean;
}
