/**
 * Makes a working tree ready to run, and does nothing where it already is.
 *
 *     node infra/scripts/ensure.mjs            installs what package-lock.json names, if that is not what is there
 *     node infra/scripts/ensure.mjs --build    the same, then builds dist/ if a source has changed since
 *
 * Exit code 0: ready. 1: something failed, and the last lines say what to do.
 * Plain Node without dependencies, and no newer syntax than an outdated Node can read far enough to be told so.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { alone } from './alone.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const at = (...path) => join(root, ...path);

/** Everything that the build reads; a folder counts with all that is in it. */
const sources = ['apps', 'libs', 'test/bench', 'nest-cli.json', 'tsconfig.json', '.swcrc', 'package.json'];

// Each mark lies inside what it vouches for: npm ci and the build empty their folder first, so that a run which is
// cut off leaves no mark behind.
const installMark = at('node_modules', '.seatledger-installed');
const buildMark = at('dist', '.seatledger-built');

class Failure extends Error {}

function requireNode() {
  const wanted = JSON.parse(readFileSync(at('package.json'), 'utf8')).engines.node;
  const [major, minor] = wanted.match(/\d+/g).map(Number);
  const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number);
  if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) return;
  throw new Failure(
    `Seatledger needs Node ${wanted}; this is ${process.version} (${process.execPath}).\n` +
      'Install a current Node from https://nodejs.org (or `nvm install 22`) and run the same command again.',
  );
}

/** Whose packages they are: some are compiled for one Node on one kind of machine. */
const machine = [process.version, process.platform, process.arch].join(' ');

/** What has to be installed: the lock file, for this machine. */
function installWanted() {
  const lock = createHash('sha256').update(readFileSync(at('package-lock.json')));
  return `${machine} ${lock.digest('hex')}`;
}

/** What has to be built: names and contents of all sources, with the tools that are installed. */
function buildWanted() {
  const hash = createHash('sha256').update(installWanted());
  const add = (path) => {
    if (!existsSync(at(path))) return;
    if (statSync(at(path)).isDirectory()) {
      for (const name of readdirSync(at(path)).sort()) add(`${path}/${name}`);
    } else {
      hash.update(`\n${path}\n`).update(readFileSync(at(path)));
    }
  };
  sources.forEach(add);
  return hash.digest('hex');
}

const reads = (mark, wanted) => existsSync(mark) && readFileSync(mark, 'utf8') === wanted;
const isInstalled = () => reads(installMark, installWanted());
const isBuilt = () => reads(buildMark, buildWanted());

/** True if someone has run npm by hand, with the outcome that npm ci would have: every package, in the same version. */
function isInstalledByHand() {
  if (existsSync(installMark) && !readFileSync(installMark, 'utf8').startsWith(`${machine} `)) return false;
  const locked = packagesOf('package-lock.json');
  const installed = packagesOf('node_modules/.package-lock.json');
  return (
    Object.keys(locked).length > 0 &&
    Object.entries(locked).every(
      ([path, { version, optional, peer }]) =>
        path === '' || (installed[path] ? installed[path].version === version : optional || peer),
    )
  );
}

/** What a lock file names; nothing if it cannot be read, which npm ci reports better than we could. */
function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(at(lockFile), 'utf8')).packages;
  } catch {
    return {};
  }
}

function install() {
  if (isInstalledByHand()) return writeFileSync(installMark, installWanted());
  console.log('Installing the packages of package-lock.json (some 20 seconds, only when they have changed) …');
  // The build and the tests need the development packages, whatever NODE_ENV or npm's configuration say.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const { status, error } = npm?.includes('npm-cli')
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: 'inherit' })
    : spawnSync('npm', args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) {
    throw new Failure(
      `npm ci failed (${error ? error.message : `code ${status}`}); its own message stands above.\n` +
        'If the registry could not be reached, check the network and `npm config get registry`, then run the command again.',
    );
  }
  writeFileSync(installMark, installWanted());
}

function build() {
  console.log('Building dist/ …');
  const wanted = buildWanted();
  const nest = at('node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  // The compiler's report is shown only if there is something to report.
  const { status, stdout, stderr } = spawnSync(process.execPath, [nest, 'build'], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Failure(`${stdout}${stderr}\nThe build failed; what is wrong stands above.`);
  for (const program of Object.values(JSON.parse(readFileSync(at('package.json'), 'utf8')).bin))
    chmodSync(at(program), 0o755);
  writeFileSync(buildMark, wanted);
}

try {
  requireNode();
  const wantsBuild = process.argv.includes('--build');
  if (!isInstalled() || (wantsBuild && !isBuilt())) {
    // Asked again once alone: another process may just have done it.
    alone(root, () => {
      if (!isInstalled()) install();
      if (wantsBuild && !isBuilt()) build();
    });
  }
} catch (error) {
  console.error(error instanceof Failure ? `\n${error.message}` : error);
  process.exitCode = 1;
}
