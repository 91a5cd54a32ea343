/** Started by emulator.mjs: serves, and answers its questions. */
const [, , bundle, options] = process.argv;
const { startEmulator } = await import(bundle);

/** Kept requests cost memory, and nobody reads them here. */
const CLEAR_EVERY = 200;

const nothing = () => ({ requests: 0, parts: 0, bytesSent: 0, bytesReceived: 0, throttled: 0, insideRetryAfter: 0 });
let counted = nothing();
let cpu = process.cpuUsage();

const emulator = await startEmulator({
  ...JSON.parse(options),
  onRequest: (entry) => {
    counted.requests += 1;
    counted.parts += entry.parts?.length ?? 0;
    counted.bytesSent += entry.path.length + entry.bytesIn;
    counted.bytesReceived += entry.bytesOut;
    if (entry.status === 429) counted.throttled += 1;
    if (entry.isInsideRetryAfter) counted.insideRetryAfter += 1;
    if (counted.requests % CLEAR_EVERY === 0) emulator.admin.clearRequests();
  },
});

process.on('message', async (question) => {
  if (question === 'close') {
    await emulator.close();
    process.exit(0);
  }
  const { user, system } = process.cpuUsage(cpu);
  process.send({ ...counted, serverCpuMs: Math.round((user + system) / 1000) });
  counted = nothing();
  cpu = process.cpuUsage();
});
process.send({ url: emulator.url });
