// node bench/ansible.mjs [HOSTS] [CONTAINERS] [RUNS]: scan and plan of so many real hosts (20) with so many containers each
// (20), beside Ansible's `community.docker` asking for the same: docker_host_info, and docker_container_info of each
// container, with pipelining and ControlPersist, at 8 and at 25 forks. Needs root, what test/lab/lab.sh needs, and Debian's
// packages ansible and python3-docker; makes lab hosts of its own and removes them. With one run about fifteen minutes.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENFORCE } from './support/lab-host.mjs';
import { withLabHosts } from './support/lab-hosts.mjs';
import { inTurn, report } from './support/measure.mjs';

const [count = 20, containers = 20, rounds = 1] = process.argv.slice(2).map(Number);
const PLAYBOOK = `- hosts: all
  gather_facts: false
  tasks:
    - community.docker.docker_host_info: { containers: true }
      register: host
    - community.docker.docker_container_info: { name: "{{ item.Id }}" }
      loop: "{{ host.containers }}"
      loop_control: { label: "{{ item.Names[0] }}" }
`;

await withLabHosts(count, async ({ names, folder, home, docker, env }) => {
  for (const host of names)
    for (let number = 1; number <= containers; number++) {
      const settings = ['--init', '--name', `web-${number}`, '-p', `${number <= 4 ? 800 + number : 9000 + number}:80`];
      docker(host, 'run', '-d', ...settings, 'bench/web:1');
    }
  writeFileSync(join(folder, 'audit.yml'), PLAYBOOK);
  writeFileSync(join(folder, 'hosts.ini'), inventory(names, home));
  writeFileSync(join(folder, 'ansible.cfg'), settings(home));
  const ansible = { ...env, ANSIBLE_CONFIG: join(folder, 'ansible.cfg'), ANSIBLE_HOME: join(folder, 'ansible') };
  const withForks = (forks) => ({
    name: `ansible, ${forks} forks`,
    command: ['ansible-playbook', '-f', String(forks), '-i', join(folder, 'hosts.ini'), join(folder, 'audit.yml')],
    env: ansible,
  });
  const subjects = [
    { name: 'enforce plan', command: [...ENFORCE, 'plan', '-i', join(folder, 'hosts.yml'), '-q'], env },
    withForks(8),
    withForks(25),
  ];
  // A round takes minutes, and nothing of it is kept for the next.
  const runs = await inTurn(subjects, rounds, 0);
  report(`${count} hosts with ${containers} containers`, subjects, runs);
});

function inventory(names, home) {
  const ssh = `-F ${home}/.ssh/config -o ControlMaster=auto -o ControlPersist=60s -o ControlPath=${home}/%h`;
  return [
    '[all]',
    ...names,
    '[all:vars]',
    'ansible_python_interpreter=/usr/bin/python3',
    `ansible_ssh_common_args=${ssh}`,
    '',
  ].join('\n');
}

function settings(home) {
  return [
    '[defaults]',
    'host_key_checking = True',
    '[ssh_connection]',
    'pipelining = True',
    `control_path_dir = ${home}`,
    '',
  ].join('\n');
}
