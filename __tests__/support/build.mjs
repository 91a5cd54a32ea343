/** Before the tests of the built binary: builds dist/ when it is older than the sources. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

// biome-ignore lint/style/noDefaultExport: jest calls the default export of a globalSetup file.
export default function build() {
  const ready = fileURLToPath(new URL('../../scripts/ready.mjs', import.meta.url));
  execFileSync(process.execPath, [ready, '--no-install'], { stdio: ['ignore', 2, 2] });
}
