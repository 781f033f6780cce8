const CONFIG = `daemonize = false
interfaces = { "0.0.0.0" }
modules_enabled = { "saslauth" }
log = { info = "*console" }
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
authentication = "internal_plain"
VirtualHost "bench.test"
`;

/** As the official image: it never is root. */
export const service = {
  name: 'prosody',
  packages: ['prosody'],
  files: { '/etc/prosody/prosody.cfg.lua': CONFIG },
  setup: 'install -d -o prosody /run/prosody\n',
  user: 'prosody',
  entrypoint: ['prosody', '-F'],
  async work({ talk }) {
    const hello = `<stream:stream to='bench.test' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>`;
    await talk(5222, [`<?xml version='1.0'?>${hello}`, /<stream:features/]);
  },
};
