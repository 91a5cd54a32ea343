// The command tree of src/cli/program.ts, for scripts: the same one that --help is made from.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Gives the root command; what it writes (help) goes to `write`. */
export async function loadProgram(write) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    stdin: {
      contents: `export { createProgram, addCommands } from './src/cli/program.ts';
export { openContext } from './src/run/context.ts';
export { readGlobalOptions } from './src/cli/global-options.ts';`,
      resolveDir: root,
      loader: 'ts',
    },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire('file:///');",
    },
  });
  const module = `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`;
  const { createProgram, addCommands, openContext, readGlobalOptions } = await import(module);
  const program = createProgram({ write, isFullHelp: true });
  const { context } = openContext(process, () => readGlobalOptions(program));
  await addCommands(program, context);
  return program;
}
