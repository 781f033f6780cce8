const PLAIN =
  'tcp:// without certificates is root on the host for anyone on the network; expected tls: FOLDER with ca.pem, cert.pem and key.pem (on the command line: DOCKER_CERT_PATH)';
const NAMES = 'is not a name for a host; expected letters, digits, . _ + - or an IPv6 address';

/** What is wrong with the file, the file, and the whole message. */
export const BAD_INI_INVENTORIES: readonly (readonly [string, string, string])[] = [
  [
    'a host twice',
    '[web]\nweb-1\nweb-2\nweb-1 ansible_port=1\n',
    'hosts.ini:4: web-1: the host is already on line 2; expected it once',
  ],
  ['a word beside a host', 'web-1 docker\n', 'hosts.ini:1: web-1: has "docker" beside it; expected NAME=VALUE'],
  ['a misspelt key', 'web-1 dokcer=ssh://a\n', 'hosts.ini:1: web-1.dokcer: is not a known key; expected docker'],
  [
    'a variable twice',
    'web-1 docker=ssh://a docker=ssh://b\n',
    'hosts.ini:1: web-1.docker: is given twice; expected it once',
  ],
  ['an open quote', 'web-1 motd="hello\n', 'hosts.ini:1: a quote is opened and not closed; expected both'],
  [
    'an open section',
    'web-1\n[web\n',
    'hosts.ini:2: is not a section; expected [GROUP], [GROUP:vars] or [GROUP:children]',
  ],
  [
    'an unknown section',
    '[web:hosts2]\n',
    'hosts.ini:1: has a section of the kind hosts2; expected [web], [web:vars] or [web:children]',
  ],
  [
    'variables of no group',
    '[web]\nweb-1\n[wbe:vars]\na=1\n',
    'hosts.ini:3: [wbe:vars]: sets variables of a group that is not there; expected [wbe] (did you mean web?)',
  ],
  [
    'a variable without value',
    '[web]\nweb-1\n[web:vars]\na\n',
    'hosts.ini:4: web:vars: is not a variable; expected NAME=VALUE',
  ],
  [
    'two groups on a line',
    '[web:children]\na b\n',
    'hosts.ini:2: web: is not the name of a group; expected one on each line',
  ],
  ['a host like an option', '-web\n', `hosts.ini:1: -web: ${NAMES}`],
  ['plain tcp', '[web]\nweb-1 docker=tcp://10.0.0.9\n', `hosts.ini:2: web-1.docker: ${PLAIN}`],
  [
    'YAML under this name',
    'all:\n  hosts:\n',
    'hosts.ini:1: all:: is not a name for a host; expected letters, digits, . _ + - or an IPv6 address',
  ],
];
