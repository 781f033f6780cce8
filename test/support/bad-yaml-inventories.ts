const host = (text: string): string => `all:\n  hosts:\n    ${text}\n`;
const PLAIN =
  'tcp:// without certificates is root on the host for anyone on the network; expected tls: FOLDER with ca.pem, cert.pem and key.pem (on the command line: DOCKER_CERT_PATH)';
const FORMS = 'ssh://USER@HOST, tcp://HOST:2376, unix:///PATH or context:NAME';
const HOSTS = 'a mapping of host names, each with a colon: `web-1:` or `web-1: { docker: ssh://web-1 }`';
const NAMES = 'is not a name for a host; expected letters, digits, . _ + - or an IPv6 address';
const WEB1 = 'hosts.yml:3: all.hosts.web-1';

/** What is wrong with the file, the file, and the whole message. */
export const BAD_YAML_INVENTORIES: readonly (readonly [string, string | Uint8Array, string])[] = [
  ['a tab', 'all:\n\thosts:\n', 'hosts.yml:2: a tab is used for indentation; expected spaces'],
  ['nothing', '', 'hosts.yml:1: the file is empty; expected groups and hosts'],
  ['only comments', '# hosts\n\n', 'hosts.yml:1: the file is empty; expected groups and hosts'],
  ['an empty document', '---\n', 'hosts.yml:1: is empty; expected a mapping of groups, such as `all:`'],
  ['a list', '- web-1\n', 'hosts.yml:1: is a list; expected a mapping of groups, such as `all:`'],
  ['a word', '--- web-1\n', 'hosts.yml:1: is "web-1"; expected a mapping of groups, such as `all:`'],
  ['two documents', 'all:\n---\nall:\n', 'hosts.yml:2: a second document begins; expected one document in the file'],
  [
    'bytes that are no text',
    Uint8Array.of(97, 10, 98, 0xff, 10),
    'hosts.yml:2: bytes that are not UTF-8; expected UTF-8 text',
  ],
  ['two-byte text', Buffer.from('all:\n', 'utf16le'), 'hosts.yml:1: bytes that are not UTF-8; expected UTF-8 text'],
  [
    'more than 1 MiB',
    '#'.repeat(1024 * 1024 + 1),
    'hosts.yml: the file is larger than 1 MiB; expected a file that a person wrote',
  ],
  ['deep nesting', `all: ${'['.repeat(20_000)}`, 'hosts.yml:1: nested too deeply; expected a file that a person wrote'],
  [
    'an unknown tag',
    host('web-1: !!python/object:os.system {}'),
    'hosts.yml:3: the tag !!python/object:os.system is not known; expected plain YAML',
  ],
  [
    'an alias to nothing',
    host('web-1: *deploy'),
    'hosts.yml:3: all.hosts.web-1: *deploy refers to nothing; expected an anchor above it',
  ],
  [
    'an alias to itself',
    host('web-1: &own { again: *own }'),
    'hosts.yml:3: all.hosts.web-1.again: *own contains itself; expected an end',
  ],
  [
    'an unclosed bracket',
    host('web-1: { docker: ssh://a'),
    'hosts.yml:4: flow map in block collection must be sufficiently indented and end with a }; expected valid YAML',
  ],
  [
    'a host twice',
    'all:\n  hosts:\n    web-1:\n    web-2:\n    web-1:\n',
    'hosts.yml:5: all.hosts.web-1: the key is already on line 3; expected it once',
  ],
  [
    'a prototype as host',
    host('__proto__: { docker: ssh://a }'),
    'hosts.yml:3: all.hosts.__proto__: this key is not allowed; expected another name',
  ],
  [
    'a misspelt key of a group',
    'all:\n  host:\n    web-1:\n',
    'hosts.yml:2: all.host: is not a known key; expected hosts',
  ],
  [
    'a key no group has',
    'all:\n  region: eu\n',
    'hosts.yml:2: all.region: is not a known key; expected hosts, children, vars',
  ],
  ['a list of hosts', 'web:\n  hosts:\n    - web-1\n', `hosts.yml:2: web.hosts: is a list; expected ${HOSTS}`],
  ['a host that is a word', host('web-1: ssh://a'), `${WEB1}: is "ssh://a"; expected a mapping of variables`],
  ['vars that are a list', 'all:\n  vars: [a]\n', 'hosts.yml:2: all.vars: is a list; expected a mapping of variables'],
  ['dokcer', host('web-1: { dokcer: ssh://a }'), `${WEB1}.dokcer: is not a known key; expected docker`],
  ['becmoe', host('web-1: { becmoe: true }'), `${WEB1}.becmoe: is not a known key; expected become`],
  ['tsl', host('web-1: { tsl: /certs }'), `${WEB1}.tsl: is not a known key; expected tls`],
  [
    'a misspelt key of ours for a group',
    'all:\n  vars: { bcome: true }\n',
    'hosts.yml:2: all.vars.bcome: is not a known key; expected become',
  ],
  [
    'a dynamic inventory',
    'plugin: aws_ec2\n',
    'hosts.yml:1: plugin: belongs to a dynamic inventory; expected groups (ansible-inventory -i FILE --list --yaml writes them)',
  ],
  [
    'a program',
    '#!/usr/bin/env python3\n',
    'hosts.yml:1: is a program; expected an inventory (ansible-inventory -i FILE --list --yaml writes one)',
  ],
  [
    'an encrypted file',
    '$ANSIBLE_VAULT;1.1;AES256\n61\n',
    'hosts.yml:1: is encrypted with ansible-vault; expected plain text',
  ],
  [
    'an encrypted user',
    host('web-1: { ansible_user: !vault "$ANSIBLE_VAULT;1.1;AES256 61" }'),
    `${WEB1}.ansible_user: is encrypted with ansible-vault; expected the name of a user, in plain text`,
  ],
  [
    'a template',
    host('web-1: { ansible_host: "{{ name }}.example.com" }'),
    `${WEB1}.ansible_host: is a template, "{{ name }}.example.com"; expected a name or address, written out`,
  ],
  ['plain tcp', host('web-1: { docker: "tcp://10.0.0.9:2375" }'), `${WEB1}.docker: ${PLAIN}`],
  ['no address', host('web-1: { docker: web-1 }'), `${WEB1}.docker: "web-1" is not an address; expected ${FORMS}`],
  [
    'another scheme',
    host('web-1: { docker: "npipe:////./pipe/docker" }'),
    `${WEB1}.docker: "npipe:////./pipe/docker" is not an address; expected ${FORMS}`,
  ],
  [
    'a mapping as address',
    host('web-1: { docker: { version: 20 } }'),
    `${WEB1}.docker: is a mapping; expected ${FORMS}`,
  ],
  ['no value', host('web-1: { docker: }'), `${WEB1}.docker: is empty; expected ${FORMS}`],
  [
    'a password',
    host('web-1: { docker: "ssh://ops:hunter2@web-1" }'),
    `${WEB1}.docker: the address holds a password, which is never read from an address; expected ssh://USER@HOST:PORT/PATH`,
  ],
  [
    'a port too high',
    host('web-1: { docker: "ssh://web-1:70000" }'),
    `${WEB1}.docker: "ssh://web-1:70000" has a port that is not from 1 to 65535; expected ssh://USER@HOST:PORT/PATH`,
  ],
  [
    'a host like an option',
    host('web-1: { docker: "ssh://-oProxyCommand=x" }'),
    `${WEB1}.docker: "ssh://-oProxyCommand=x" has no usable host name; expected ssh://USER@HOST:PORT/PATH`,
  ],
  [
    'a path with a quote',
    host(`web-1: { docker: "ssh://a/x'y" }`),
    `${WEB1}.docker: "ssh://a/x'y" has a path that cannot be a socket; expected ssh://USER@HOST:PORT/PATH`,
  ],
  [
    'a relative socket',
    host('web-1: { docker: "unix://docker.sock" }'),
    `${WEB1}.docker: "unix://docker.sock" has no absolute path of a socket; expected unix:///PATH`,
  ],
  [
    'IPv6 without brackets',
    host('web-1: { docker: "tcp://2001:db8::7" }'),
    `${WEB1}.docker: "tcp://2001:db8::7" is not an address (IPv6 needs brackets); expected tcp://HOST:2376`,
  ],
  [
    'an unknown context',
    host('web-1: { docker: "context:lab" }'),
    `${WEB1}.docker: there is no docker context lab; expected one that docker context ls shows`,
  ],
  [
    'a context that is a path',
    host('web-1: { docker: "context:../x" }'),
    `${WEB1}.docker: "context:../x" is not the name of a context; expected context:NAME`,
  ],
  [
    'a user like an option',
    host('web-1: { ansible_user: -oX }'),
    `${WEB1}.ansible_user: is "-oX"; expected the name of a user`,
  ],
  [
    'an address like an option',
    host('web-1: { ansible_host: -oX }'),
    `${WEB1}.ansible_host: is "-oX"; expected a host name or an IP address`,
  ],
  [
    'a port in words',
    host('web-1: { ansible_port: ssh }'),
    `${WEB1}.ansible_port: is "ssh"; expected a port from 1 to 65535`,
  ],
  [
    'another transport',
    host('web-1: { transport: telnet }'),
    `${WEB1}.transport: is "telnet"; expected openssh or built-in`,
  ],
  ['become in words', host('web-1: { become: maybe }'), `${WEB1}.become: is "maybe"; expected true or false`],
  ['a host like an option as name', host('-web:'), `hosts.yml:3: all.hosts.-web: ${NAMES}`],
  ['a host with a blank', host('"web 1":'), `hosts.yml:3: all.hosts.web 1: ${NAMES}`],
  ['a host with an escape', host('"web\\e[2J":'), `hosts.yml:3: all.hosts.web\\u{1b}[2J: ${NAMES}`],
  [
    'a range that runs back',
    host('"web[5:1]":'),
    'hosts.yml:3: all.hosts.web[5:1]: has the range [5:1]; expected one such as [01:20] or [a:f]',
  ],
  [
    'a range of uneven width',
    host('"web[01:100]":'),
    'hosts.yml:3: all.hosts.web[01:100]: has the range [01:100]; expected one such as [01:20] or [a:f]',
  ],
  [
    'a range without end',
    host('"w[1:60000][1:60000]":'),
    'hosts.yml:3: all.hosts.w[1:60000][1:60000]: names more than 65536 hosts; expected fewer',
  ],
  [
    'a group like an option',
    '-web:\n  hosts: a\n',
    'hosts.yml:1: -web: is not a name for a group; expected letters, digits, _ . -',
  ],
  [
    'a circle of groups',
    'a:\n  children: b\nb:\n  children: a\n',
    'hosts.yml:2: a.children: the group a contains itself; expected groups without a circle',
  ],
];
