/**
 * Loaded before the program: operations on files fail as on a bad day. HOURGLASS_TEST_FAILS is "<operation> <code>
 * <pattern>": open, read, write, fsync, rename or mkdir of paths that match the pattern fail with that code.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { getSystemErrorMap } from 'node:util';

const { promises } = fs;

/** @param named whether the system's error has the path, as those of open files have not. */
function fail(operation, path, named = true) {
  const [wanted, code, pattern] = (process.env.HOURGLASS_TEST_FAILS ?? '').split(' ');
  if (operation !== wanted || !new RegExp(pattern).test(String(path))) return;
  const [errno] = [...getSystemErrorMap()].find(([, [name]]) => name === code);
  const error = new Error(`${code}: made to fail, ${operation}`);
  throw Object.assign(error, { errno, code, syscall: operation, ...(named ? { path: String(path) } : {}) });
}

const OPERATIONS = {
  read: ['read', 'readFile'],
  write: ['write', 'writeFile', 'appendFile'],
  fsync: ['sync', 'datasync'],
};

const { open, rename, mkdir } = promises;
promises.open = async (path, ...rest) => {
  fail('open', path);
  const file = await open(path, ...rest);
  for (const [operation, names] of Object.entries(OPERATIONS)) {
    for (const name of names) {
      const real = file[name].bind(file);
      file[name] = async (...given) => {
        fail(operation, path, false);
        return real(...given);
      };
    }
  }
  return file;
};
promises.rename = async (from, to) => {
  fail('rename', to);
  return rename(from, to);
};
promises.mkdir = async (path, ...rest) => {
  fail('mkdir', path);
  return mkdir(path, ...rest);
};
syncBuiltinESMExports();
