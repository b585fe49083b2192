// Writes docs/reference/engines.md from what ran: node scripts/engine-matrix.ts REPORT [--check], where REPORT is what vitest's JSON reporter wrote.
// With --check nothing is written, and a page that says something else than the run is a failure.
import { readFileSync, writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { BrokerCapabilities } from '#framework/broker/broker';
import { EmbeddedBroker } from '#framework/broker/embedded/embedded-broker';
import { KafkaBroker } from '#framework/broker/kafka/kafka-broker';
import { systemClock } from '#framework/kernel/clock';
import { silentLogger } from '#framework/kernel/logger';
import { MariadbStore } from '#framework/store/mariadb/mariadb-store';
import { PostgresStore } from '#framework/store/postgres/postgres-store';
import { SqliteStore } from '#framework/store/sqlite/sqlite-store';
import type { StoreCapabilities } from '#framework/store/store';

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

const root = resolve(import.meta.dirname, '..');
const page = resolve(root, 'docs/reference/engines.md');
const common = { clock: systemClock, random: Math.random, logger: silentLogger };
const sql = {
  ...common,
  poolSize: 1,
  connectTimeoutMs: 1,
  idleTimeoutMs: 1,
  statementTimeoutMs: 1,
};

const STORES: readonly Engine<StoreCapabilities>[] = [
  {
    name: 'SQLite',
    file: 'store/sqlite-store.int.spec.ts',
    capabilities: new SqliteStore({ ...common, path: '-' }).capabilities,
  },
  {
    name: 'PostgreSQL',
    file: 'store/postgres-store.e2e.spec.ts',
    capabilities: new PostgresStore({ ...sql, url: 'postgres://-/-' }).capabilities,
  },
  {
    name: 'MariaDB',
    file: 'store/mariadb-store.e2e.spec.ts',
    capabilities: new MariadbStore({ ...sql, url: 'mariadb://-/-' }).capabilities,
  },
];
const BROKERS: readonly Engine<BrokerCapabilities>[] = [
  {
    name: 'Embedded',
    file: 'broker/embedded-broker.int.spec.ts',
    capabilities: new EmbeddedBroker({ ...common, path: '-' }).capabilities,
  },
  {
    name: 'Kafka',
    file: 'broker/kafka-broker.e2e.spec.ts',
    capabilities: new KafkaBroker({
      ...common,
      url: 'kafka://-:1',
      clientId: '-',
      maxRecordBytes: 1_000_000,
      requestTimeoutMs: 1,
      rebalanceLimitMs: 1,
    }).capabilities,
  },
];

interface Engine<C> {
  readonly name: string;
  /** Its run of the conformance suite. */
  readonly file: string;
  readonly capabilities: C;
}

const [reportPath, mode] = process.argv.slice(2);
const report = JSON.parse(readFileSync(reportPath!, 'utf8')) as Report;
const text = `# Engines

Every adapter runs the same [conformance suite](../guides/write-an-adapter.md) of its port. This page is written by \`scripts/engine-matrix.ts\` from
a run of all of them, and \`.ci/run\` compares it with its own. A case is skipped only for a capability that the adapter declares not to have.

## Stores

${section(STORES)}

## Brokers

${section(BROKERS)}
`;
if (mode !== '--check') {
  writeFileSync(page, text);
} else if (withoutSpaces(readFileSync(page, 'utf8')) !== withoutSpaces(text)) {
  console.error(`${relative(root, page)} says something else than what ran. This is what ran:\n\n${text}`);
  process.exitCode = 1;
}

function section(engines: readonly Engine<object>[]): string {
  const results = engines.map(({ file }) => resultsOf(file));
  const rows = [
    ['', ...engines.map(({ name }) => name)],
    ['---', ...engines.map(() => '---')],
    ...Object.keys(engines[0]!.capabilities).map((capability) => [
      `\`${capability}\``,
      ...engines.map(({ capabilities }) => shown(capabilities[capability as keyof object])),
    ]),
    ['Cases passed', ...results.map(({ passed }) => String(passed))],
    ['Cases skipped', ...results.map(({ skipped }) => String(skipped.length))],
  ];
  const skips = engines.flatMap(({ name }, place) =>
    results[place]!.skipped.map((title) => `- ${name}: ${title}`),
  );
  const table = rows.map((row) => `| ${row.join(' | ')} |`).join('\n');
  return skips.length === 0 ? table : `${table}\n\nSkipped:\n\n${skips.join('\n')}`;
}

function resultsOf(file: string): { passed: number; skipped: string[] } {
  const ran = report.testResults.find(({ name }) => name.endsWith(`/packages/framework/test/${file}`));
  if (!ran) throw new Error(`${file} is not in the report ${reportPath}`);
  const failed = ran.assertionResults.filter(({ status }) => status === 'failed');
  if (failed.length > 0)
    throw new Error(`${file} has failed: ${failed.map(({ title }) => title).join('; ')}`);
  return {
    passed: ran.assertionResults.filter(({ status }) => status === 'passed').length,
    skipped: ran.assertionResults.filter(({ status }) => status !== 'passed').map(({ title }) => title),
  };
}

function shown(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'number' ? value.toLocaleString('en') : `\`${String(value)}\``;
}

/** Formatting makes no difference. */
function withoutSpaces(markdown: string): string {
  return markdown.replaceAll(/[\s-]+/g, ' ');
}
