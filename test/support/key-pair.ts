import ssh2 from 'ssh2';

/** A fresh key for ssh. One in 500 that ssh2 makes lacks a byte that was zero, and nobody can read it: then another. */
export function keyPair(): { readonly private: string; readonly public: string } {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519');
    const parsed = [ssh2.utils.parseKey(pair.private), ssh2.utils.parseKey(pair.public)];
    if (!parsed.some((key) => key instanceof Error)) return pair;
  }
}
