import * as nodeModule from 'node:module';

/** Node ≥ 22 keeps compiled code between runs: some 10 ms for commands that load much. Older versions lack it. */
export function enableCompileCache(): void {
  const enable: unknown = Reflect.get(nodeModule, 'enableCompileCache');
  if (typeof enable === 'function') enable();
}
