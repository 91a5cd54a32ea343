// What esbuild is told about src/ beyond its options.
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Modules of Node that a package loads for what we never ask of it, and what it is given instead. */
const UNUSED = [
  // Subcommands that are programs of their own.
  { module: 'child_process', package: 'commander', instead: 'module.exports = {};' },
  // HTTP/2, which is off; without the module undici itself goes on with this.
  { module: 'http2', package: 'undici', instead: 'module.exports = { constants: {} };' },
];

/** Loading each would cost milliseconds and megabytes. */
export const withoutUnused = {
  name: 'without-unused',
  setup(builder) {
    for (const { module, package: name, instead } of UNUSED) {
      builder.onResolve({ filter: new RegExp(`^(node:)?${module}$`) }, ({ path, importer }) =>
        importer.includes(join('node_modules', name, sep)) ? { path, namespace: name } : undefined,
      );
      builder.onLoad({ filter: /.*/, namespace: name }, () => ({ contents: instead }));
    }
  },
};

/** Of undici only what is used; the sources are typed and tested against the whole package. */
export const undiciParts = {
  name: 'undici-parts',
  setup(builder) {
    const path = fileURLToPath(new URL('undici-parts.mjs', import.meta.url));
    builder.onResolve({ filter: /^undici$/ }, () => ({ path }));
  },
};

/**
 * Whatever `import()` loads imports `start` first. It is there already; but esbuild puts into one file what the same entries reach, and so
 * all that `start` needs comes to be in one, instead of one for each set of commands that share some of it.
 */
export const lazyAfterStart = (start) => ({
  name: 'lazy-after-start',
  setup(builder) {
    builder.onResolve({ filter: /.*/ }, ({ kind, path, resolveDir }) => {
      if (kind !== 'dynamic-import' || path.startsWith('node:')) return undefined;
      return { path, namespace: 'lazy', pluginData: resolveDir };
    });
    builder.onLoad({ filter: /.*/, namespace: 'lazy' }, ({ path, pluginData: resolveDir }) => {
      const isPackage = !path.startsWith('.');
      const target = JSON.stringify(path);
      return {
        contents: `import ${JSON.stringify(start)}; export * from ${target}; ${isPackage ? `export { default } from ${target};` : ''}`,
        resolveDir,
      };
    });
  },
});
