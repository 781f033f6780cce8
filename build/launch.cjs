#!/usr/bin/env node
// Runs the program that lies beside it, from V8's compiled code where that was made by this very version of Node; V8
// itself refuses it otherwise, and compiles.
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { join } = require('node:path');
const { Script } = require('node:vm');

const filename = join(__dirname, 'enforce.cjs');
const script = new Script(Module.wrap(readFileSync(filename, 'utf8')), { filename, cachedData: compiled() });
const module_ = { exports: {} };
script.runInThisContext()(module_.exports, Module.createRequire(filename), module_, filename, __dirname);

function compiled() {
  try {
    return readFileSync(`${filename}.code`);
  } catch {
    return undefined;
  }
}
