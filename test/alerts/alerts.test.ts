import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Metrics } from '#lib/product/metrics/metrics.js';
import { filesUnder, root, textOf } from '../architecture/tree.js';
import { promtool } from '../support/promtool.js';

interface Rules {
  readonly groups: readonly {
    readonly name: string;
    readonly rules: readonly { readonly alert: string; readonly expr: string; readonly annotations: object }[];
  }[];
}
interface Dashboard {
  readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[];
}

const alertsFile = 'infra/compose/alerts.yml';
const { groups } = parse(textOf(alertsFile)) as Rules;
const own = groups.find(({ name }) => name === 'seatledger')?.rules ?? [];
const dashboards = filesUnder('infra/compose/grafana')
  .filter((path) => path.endsWith('.json'))
  .map((path) => JSON.parse(textOf(path)) as Dashboard);
const expressions = [
  ...own.map(({ expr }) => expr),
  ...dashboards.flatMap(({ panels }) => panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))),
];

/** Every series that a process of ours shows, with its labels: `name{label,…}`. */
async function exposed(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const one = { name: 'x', events: 1, seconds: 1, parked: 1 };
  const verified = { at: '2026-03-01T12:00:00.000Z', isEqual: true };
  const builds = [{ name: 'x', build: 2, done: 1, head: 1 }];
  const projections = [{ ...one, verified }];
  const metrics = new Metrics(async () => ({ projections, processes: [one], overdue: 1, overdueSeconds: 1, builds }));
  metrics.command('x', 'done');
  metrics.request('GET', '/x', 200, 1);
  metrics.commit('events', 1);
  const series = new Map<string, Set<string>>();
  for (const [, name = '', labels = ''] of (await metrics.text()).matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
    const known = series.get(name) ?? new Set();
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known.add(label);
    series.set(name, known);
  }
  return series;
}

it('alerts and panels ask for metrics and labels that there are', async () => {
  const series = await exposed();
  const byPrometheus = ['job', 'instance'];
  const faults = expressions.flatMap((expr) => {
    const names = [...expr.matchAll(/\b(?:seatledger|nodejs|process)_\w+/g)].map(([name]) => name);
    const unknown = names.filter((name) => !series.has(name));
    const labels = [
      ...[...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(', ')),
      ...[...expr.matchAll(/(\w+)(?:=~|!~|!=|=)"/g)].map(([, label = '']) => label),
    ];
    const known = new Set([...byPrometheus, ...names.flatMap((name) => [...(series.get(name) ?? [])])]);
    const strange = names.length === 0 ? [] : labels.filter((label) => !known.has(label));
    return [...unknown, ...strange].map((what) => `${what} in ${expr}`);
  });
  expect(faults).toEqual([]);
  expect(expressions.filter((expr) => expr.includes('seatledger_')).length).toBeGreaterThan(12);
});

it('each of our alerts has a page of its own that says what to do', () => {
  const headings = [...textOf('infra/runbooks.md').matchAll(/^## (\w+)$/gm)].map(([, name = '']) => name);
  expect(own.map(({ alert }) => alert)).toEqual(headings);
  expect(own.map(({ alert, annotations }) => [alert, annotations])).toEqual(
    headings.map((name) => [name, expect.objectContaining({ runbook: `infra/runbooks.md#${name.toLowerCase()}` })]),
  );
});

const tool = promtool ?? '';
(promtool ? it : it.skip)(
  `promtool takes the rules and their tests for good${promtool ? '' : ': it is NOT here, nothing was checked'}`,
  () => {
    const run = (...args: string[]) => {
      const { status, stdout, stderr } = spawnSync(tool, args, { encoding: 'utf8', cwd: root });
      return [status, status === 0 ? '' : stdout + stderr];
    };
    expect(run('check', 'rules', join(root, alertsFile))).toEqual([0, '']);
    expect(run('check', 'config', '--syntax-only', 'infra/compose/prometheus.yml')).toEqual([0, '']);
    expect(run('test', 'rules', 'test/alerts/seatledger.yml')).toEqual([0, '']);
  },
);

it('every alert of ours is made to fire by a test', () => {
  const tested = parse(textOf('test/alerts/seatledger.yml')) as {
    readonly tests: readonly {
      readonly alert_rule_test: readonly { alertname: string; exp_alerts: readonly object[] }[];
    }[];
  };
  const fired = tested.tests.flatMap(({ alert_rule_test }) =>
    alert_rule_test.flatMap(({ alertname, exp_alerts }) => (exp_alerts.length > 0 ? [alertname] : [])),
  );
  expect(fired).toEqual(own.map(({ alert }) => alert));
});
