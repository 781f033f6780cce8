// node bench/plan.mjs [CONTAINERS]: processor time of a plan of 50,000 containers that were read before, with its text and
// its document, beside a tenth of them. Pure: nothing is read but the snapshots made here, 40 containers on each host.
import { register } from 'node:module';
import { randomUUID } from 'node:crypto';
import { spawnSync } from 'node:child_process';

const [many = 50_000, role] = process.argv.slice(2);
if (role === 'one') await one(Number(many));
else compare(Number(many));

/** Each in a process of its own, so that neither pays for the other's memory. */
function compare(containers) {
  console.log('plan of saved containers, report included');
  const [whole, tenth] = [containers, containers / 10].map((count) => {
    const words = ['--max-old-space-size=8192', import.meta.filename, String(count), 'one'];
    const { stdout, stderr, status } = spawnSync(process.execPath, words, { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    const { seconds, changes } = JSON.parse(stdout);
    console.log(`  ${String(count).padStart(6)} containers  ${seconds.toFixed(1)} s of processor  ${changes} changes`);
    return seconds;
  });
  console.log(`  × ${(whole / (tenth * 10)).toFixed(2)} of ten times a tenth`);
}

async function one(containers) {
  register('../test/support/typescript-loader.mjs', import.meta.url);
  const { assess } = await import('../src/plan/assess.ts');
  const { buildPlan } = await import('../src/plan/build-plan.ts');
  const { RULES } = await import('../src/rules/index.ts');
  const { DEFAULT_PLAYBOOK } = await import('../src/load/default-playbook.ts');
  const { NO_EXCEPTIONS } = await import('../src/load/no-exceptions.ts');
  const { loadCatalogue } = await import('../src/load/catalogue.ts');
  const { planText } = await import('../src/report/plan-text.ts');
  const { planDocument } = await import('../src/report/plan-document.ts');
  const { jsonText } = await import('../src/report/json-text.ts');
  const catalogue = await loadCatalogue();
  const assessment = { rules: RULES, playbook: DEFAULT_PLAYBOOK, exceptions: [], containers: [], only: [] };
  const snapshots = Array.from({ length: containers / 40 }, (_, at) => snapshot(`host-${at}`, 40));

  const before = process.cpuUsage();
  const readings = snapshots.map((read) => ({
    host: read.host,
    address: read.address,
    read: { snapshot: read, findings: assess(read, assessment) },
  }));
  const plan = buildPlan(readings, {
    assessment,
    exceptions: NO_EXCEPTIONS,
    catalogue,
    itself: { containerIds: [], mounts: [] },
    createdAt: '2027-01-01T00:00:00.000Z',
    carry: 'none',
  });
  planText(plan, { colors: false, verbose: false });
  jsonText(planDocument(plan));
  const { user, system } = process.cpuUsage(before);
  const changes = plan.hosts.flatMap((host) => host.changes ?? []).length;
  console.log(JSON.stringify({ seconds: (user + system) / 1e6, changes }));
}

function snapshot(host, containers) {
  const unknown = { known: false, because: 'not asked' };
  return {
    host,
    address: `ssh://root@${host}`,
    takenAt: '2027-01-01T00:00:00.000Z',
    engine: {
      kind: 'docker',
      version: '20.10.24',
      apiVersion: '1.41',
      id: randomUUID(),
      name: host,
      operatingSystem: 'Debian',
      kernelVersion: '6.1.0',
      securityOptions: [],
    },
    containers: Array.from({ length: containers }, (_, at) => container(host, at)),
    machine: { listeners: unknown, ephemeralPorts: unknown, shell: unknown, network: unknown, units: unknown },
  };
}

/** One in five publishes a low port; all have the capabilities that come along unasked. */
function container(host, at) {
  const id = Buffer.from(`${host}/${at}`).toString('hex').padEnd(64, '0').slice(-64);
  const port = at % 5 === 0 ? 800 + at : 9000 + at;
  const bindings = { '80/tcp': [{ HostIp: '', HostPort: String(port) }] };
  const image = `sha256:${'b'.repeat(64)}`;
  return {
    id,
    name: `web-${at}`,
    configDigest: `sha256:${id}`,
    inspect: {
      Id: id,
      Name: `/web-${at}`,
      Image: image,
      Path: 'nginx',
      Args: ['-g', 'daemon off;'],
      State: { Status: 'running', Running: true, Pid: 4000 + at },
      Config: { Image: 'nginx:1.25', Env: ['A=sha256:1234'], Labels: { team: 'web' }, Cmd: ['nginx'], User: '' },
      HostConfig: { NetworkMode: 'default', CapAdd: null, CapDrop: null, PortBindings: bindings, Binds: null },
      NetworkSettings: {
        Ports: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: String(port) }] },
        Networks: { bridge: { NetworkID: 'n', IPAddress: '172.17.0.2' } },
      },
      Mounts: [],
    },
    details: {
      image: { id: image, tags: ['nginx:1.25'], config: { Cmd: ['nginx'], Env: [] } },
      namedImageId: image,
      changes: [],
      missingVolumes: [],
      networks: [{ name: 'bridge', id: 'n', driver: 'bridge', scope: 'local' }],
      hostPaths: [],
    },
  };
}
