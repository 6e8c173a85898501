// Owns the counts of what plugins did since the start, and their text for Prometheus. Refuses more
// series than a reader can take, and words of a plugin other than its name and version.

/** What is counted: a call, or anything else that happened to a plugin. */
export interface CountedEvent {
  readonly name: string;
  readonly plugin: string;
  readonly version?: string;
  /** How a call ended. */
  readonly status?: string;
  readonly isCancelled?: boolean;
}

const seriesMax = 5_000;

/** Counts of one process. */
export class PluginMetrics {
  readonly #calls = new Map<string, number>();
  readonly #events = new Map<string, number>();
  /** Of calls that show how good a plugin is: neither refused nor cancelled. */
  readonly #ended = new Map<string, { done: number; all: number }>();

  observe({ name, plugin, version = '', status, isCancelled = false }: CountedEvent): void {
    if (name !== 'plugin-call' || status === undefined) {
      add(this.#events, labels({ plugin, event: name }));
      return;
    }
    add(this.#calls, labels({ plugin, version, status: isCancelled ? 'cancelled' : status }));
    if (status === 'refused' || isCancelled || this.#ended.size >= seriesMax) return;
    const { done, all } = this.#ended.get(plugin) ?? { done: 0, all: 0 };
    this.#ended.set(plugin, { done: done + (status === 'done' ? 1 : 0), all: all + 1 });
  }

  /** In the text format 0.0.4. */
  text(): string {
    const rates = [...this.#ended].map(
      ([plugin, { done, all }]) => [labels({ plugin }), done / all] as const,
    );
    return [
      ...head('plugin_calls_total', 'counter', 'Calls of tools by how they ended.'),
      ...lines('plugin_calls_total', this.#calls),
      ...head('plugin_success_rate', 'gauge', 'Share of ended calls that succeeded.'),
      ...lines('plugin_success_rate', rates),
      ...head('plugin_events_total', 'counter', 'What else happened to plugins.'),
      ...lines('plugin_events_total', this.#events),
      '',
    ].join('\n');
  }
}

function add(series: Map<string, number>, key: string): void {
  const count = series.get(key);
  if (count === undefined && series.size >= seriesMax) return;
  series.set(key, (count ?? 0) + 1);
}

function head(name: string, type: 'counter' | 'gauge', help: string): readonly string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

function lines(name: string, series: Iterable<readonly [string, number]>): readonly string[] {
  return [...series].map(([found, value]) => `${name}{${found}} ${value}`).toSorted();
}

function labels(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');
}

function escaped(value: string): string {
  return value
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`);
}
