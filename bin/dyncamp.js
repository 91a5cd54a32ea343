#!/usr/bin/env node
// Syntax that old versions of Node can read, so that they can be told: no static import, because what it loads they could not.
const floor = [20, 18, 1];
const version = process.versions.node.split('.').map(Number);
const differing = floor.findIndex((part, index) => version[index] !== part);
if (differing !== -1 && version[differing] < floor[differing]) {
  process.stderr.write(`Error: dyncamp needs Node.js ${floor.join('.')} or newer; this is ${process.version}. Nothing was done.
Hint: Install a current version from https://nodejs.org. If there is one already, check which \`node\` comes first in PATH.
`);
  process.exitCode = 2;
} else {
  void import('../dist/main.js');
}
