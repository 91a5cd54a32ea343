// What the bundle takes of undici, in place of its index.js: that one also loads fetch, WebSocket, caches and mocks, which a bundler cannot
// leave out, because they are CommonJS. The first statement is from there.
const Dispatcher = require('../node_modules/undici/lib/dispatcher/dispatcher.js');

Object.assign(Dispatcher.prototype, require('../node_modules/undici/lib/api/index.js'));
module.exports = {
  Agent: require('../node_modules/undici/lib/dispatcher/agent.js'),
  EnvHttpProxyAgent: require('../node_modules/undici/lib/dispatcher/env-http-proxy-agent.js'),
};
