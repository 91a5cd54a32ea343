// What esbuild is told about src/ beyond its options.

/** commander starts subcommands that are programs of their own; ours are not, and loading node:child_process costs milliseconds of every start. */
export const withoutSubprocesses = {
  name: 'without-subprocesses',
  setup(builder) {
    builder.onResolve({ filter: /^(node:)?child_process$/ }, ({ path, importer }) =>
      /node_modules.commander/.test(importer) ? { path, namespace: 'empty' } : undefined,
    );
    builder.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/**
 * Whatever `import()` loads imports `start` first. It is there already; but esbuild puts into one file what the same entries reach, and so
 * all that `start` needs comes to be in one, instead of one for each set of commands that share some of it.
 */
export const lazyAfterStart = (start) => ({
  name: 'lazy-after-start',
  setup(builder) {
    builder.onResolve({ filter: /^[^n]/ }, ({ kind, path, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
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
