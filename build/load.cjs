// Loads the files of the program that lie beside it, from V8's compiled code where that was made by this very version of
// Node; V8 itself refuses it otherwise, and compiles.
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { join } = require('node:path');
const { Script } = require('node:vm');

const requireOther = Module.createRequire(__filename);
const modules = new Map();
const scripts = new Map();

function load(name) {
  const known = modules.get(name);
  if (known !== undefined) return known.exports;
  const filename = join(__dirname, name);
  // esbuild writes nothing beyond ASCII, which is read in half the time as what it is.
  const source = Module.wrap(readFileSync(filename, 'latin1'));
  const script = new Script(source, { filename, cachedData: compiled(filename) });
  const module_ = { exports: {} };
  modules.set(name, module_);
  scripts.set(filename, script);
  script.runInThisContext()(module_.exports, requireFrom, module_, filename, __dirname);
  return module_.exports;
}

function requireFrom(name) {
  return name.startsWith('./') ? load(name.slice(2)) : requireOther(name);
}

function compiled(filename) {
  try {
    return readFileSync(`${filename}.code`);
  } catch {
    return undefined;
  }
}

module.exports = { load, scripts };
