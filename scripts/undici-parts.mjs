// What 'undici' is in dist/: the two dispatchers of src/transport/undici-send.ts and what they need. The package's own entry also loads
// fetch, WebSocket, caches, mocks and more: a tenth of a second and 6 MB that nothing uses.
import api from 'undici/lib/api/index.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
import EnvHttpProxyAgent from 'undici/lib/dispatcher/env-http-proxy-agent.js';

// As the package's entry does: the agents call some of it on each other.
Object.assign(Dispatcher.prototype, api);

export { Agent, EnvHttpProxyAgent };
