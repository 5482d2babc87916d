import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { options } from '#lib/product/config/config.js';
import { fileVariable } from '#lib/product/config/given.js';
import { filesUnder, root, textOf } from './tree.js';

/** What a container is given; lists of mounts and secrets as far as the tests look at them. */
interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly (string | { readonly source: string })[];
  readonly read_only?: boolean;
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}
interface Container {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly securityContext: object;
  readonly startupProbe: object;
  readonly livenessProbe: object;
  readonly readinessProbe: { readonly timeoutSeconds: number };
}
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec: {
    readonly replicas: number;
    readonly minAvailable: number;
    readonly selector: object;
    readonly template: {
      readonly metadata: { readonly labels: object };
      readonly spec: { readonly securityContext: object; readonly containers: readonly Container[] };
    };
  };
}

const compose = parse(textOf('infra/compose/compose.yaml'), { merge: true }) as Compose;
const dockerfile = textOf('infra/image/Dockerfile');
const manifests = filesUnder('infra/k8s').flatMap((path) =>
  // As Kubernetes does, whose YAML is the older one.
  parseAllDocuments(textOf(path), { version: '1.1' }).map((document) => document.toJS() as Manifest),
);
const ofKind = (kind: string) => manifests.filter((manifest) => manifest.kind === kind);
const deployments = ofKind('Deployment');
const containers = deployments.flatMap(({ spec }) => spec.template.spec.containers);
const own = Object.entries(compose.services).filter(([, { image }]) => image.startsWith('seatledger:'));

/** Every variable that image, compose or Kubernetes give to a process of ours, with its value. */
const given: readonly (readonly [where: string, variable: string, value: string])[] = [
  ...[...(/^ENV (.*)$/m.exec(dockerfile)?.[1] ?? '').matchAll(/(\w+)=(\S+)/g)].map(
    ([, name = '', value = '']) => ['image', name, value] as const,
  ),
  ...own.flatMap(([name, { environment = {} }]) =>
    Object.entries(environment).map(([variable, value]) => [name, variable, value] as const),
  ),
  ...containers.flatMap(({ name, env }) => env.map((row) => [name, row.name, row.value] as const)),
  ...ofKind('ConfigMap').flatMap(({ data = {} }) =>
    Object.entries(data).map(([variable, value]) => ['ConfigMap', variable, value] as const),
  ),
];

describe('variables', () => {
  const ofNode = ['NODE_ENV', 'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS'];
  const declared = Object.values(options);

  it('are options that exist, or the file of one', () => {
    const known = [...ofNode, ...declared.flatMap(({ variable }) => [variable, fileVariable(variable)])];
    expect(given.filter(([, variable]) => !known.includes(variable))).toEqual([]);
    expect(given.length).toBeGreaterThan(10);
  });

  it('have values that the options take', () => {
    const wrong = given.flatMap(([where, variable, value]) => {
      const option = declared.find((one) => one.variable === variable);
      // Compose puts the operator's own in the place of `${NAME:-default}`.
      const read = option?.parser(value.replace(/^\$\{\w+:-(.*)\}$/, '$1'));
      return read && 'fault' in read ? [`${where}: ${variable}=${value}: ${read.fault}`] : [];
    });
    expect(wrong).toEqual([]);
  });

  it('keep secrets in files', () => {
    const secret = declared.flatMap((option) => ('secret' in option ? [option.variable as string] : []));
    expect(given.filter(([, variable]) => secret.includes(variable))).toEqual([]);
  });

  it('name files that are mounted', () => {
    const names = (service: Service) => (service.secrets ?? []).map((it) => (typeof it === 'string' ? it : it.source));
    const missing = own.flatMap(([name, service]) =>
      Object.values(service.environment ?? {})
        .filter((value) => value.startsWith('/run/secrets/'))
        .filter((value) => !names(service).includes(value.slice('/run/secrets/'.length)))
        .map((value) => `${name}: ${value}`),
    );
    expect(missing).toEqual([]);
    const used = new Set(Object.values(compose.services).flatMap(names));
    expect([...used].sort()).toEqual(Object.keys(compose.secrets).sort());
  });
});

describe('the image', () => {
  it('is made of what there is, and nothing else gets near it', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths = '']) =>
      paths.split(' '),
    );
    const letIn = textOf('.dockerignore').split('\n');
    expect(letIn).toContain('*');
    expect(copied.filter((path) => !letIn.includes(`!${path}`) || !existsSync(join(root, path)))).toEqual([]);
    expect(copied.length).toBeGreaterThan(5);
  });

  it('is started with programs that the build makes', () => {
    const commands = [
      ...[...dockerfile.matchAll(/^CMD \["(.+)"\]$/gm)].map(([, program = '']) => program),
      ...own.flatMap(([, { command = [] }]) => command),
      ...containers.flatMap(({ args }) => args),
    ];
    const programs = [...new Set(commands.filter((word) => word.startsWith('dist/')))].sort();
    expect(programs).toEqual(['dist/apps/server/main.js', 'dist/apps/worker/main.js']);
    const sources = programs.map((path) => path.replace(/^dist\/(.*)[.]js$/, '$1.ts'));
    expect(sources.filter((path) => !filesUnder('apps').includes(path))).toEqual([]);
  });
});

describe('containers', () => {
  it('of compose are locked down; ours write nothing', () => {
    const open = Object.entries(compose.services).filter(
      ([, { cap_drop, security_opt }]) =>
        `${String(cap_drop)} ${String(security_opt)}` !== 'ALL no-new-privileges:true',
    );
    expect(open).toEqual([]);
    expect(own.filter(([, service]) => service.read_only !== true)).toEqual([]);
    expect(own.map(([name]) => name).filter((name) => /^(server|worker)-/.test(name))).toHaveLength(4);
  });

  it.each(deployments.map((manifest) => [manifest.metadata.name, manifest] as const))(
    'of %s are probed, two, of no special user, and cannot write',
    (name, { spec: { replicas, template } }) => {
      const [container] = template.spec.containers;
      const probes = {
        startup: container?.startupProbe,
        live: container?.livenessProbe,
        ready: container?.readinessProbe,
      };
      expect(probes).toMatchObject({
        startup: { httpGet: { path: '/health/live', port: 'http' } },
        live: { httpGet: { path: '/health/live', port: 'http' } },
        ready: { httpGet: { path: '/health/ready', port: 'http' } },
      });
      expect(container?.readinessProbe.timeoutSeconds).toBeGreaterThan(1);
      expect(container?.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(template.spec).toMatchObject({
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      });
      expect(replicas).toBe(2);
      const budgets = ofKind('PodDisruptionBudget').filter(({ metadata }) => metadata.name === name);
      expect(budgets.map(({ spec }) => [spec.minAvailable, spec.selector])).toEqual([
        [1, { matchLabels: template.metadata.labels }],
      ]);
    },
  );

  it('are servers and workers', () => {
    expect(deployments.map(({ metadata }) => metadata.name).sort()).toEqual(['server', 'worker']);
  });
});
