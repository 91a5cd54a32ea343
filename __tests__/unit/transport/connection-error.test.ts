import { unknownResult } from '../../../src/transport/connection-error.ts';

const URL_WITH_QUERY = 'https://contoso.crm4.dynamics.com/api/data/v9.2/leads?$filter=secret';

function coded(code: string, extra: object = {}): Error {
  return Object.assign(new Error(code), { code, ...extra });
}

describe('unknownResult', () => {
  it.each([
    ['a refused connection', coded('ECONNREFUSED'), 'unreachable'],
    ['an unknown host', coded('ENOTFOUND'), 'unknown-host'],
    ['a name server that does not answer', coded('EAI_AGAIN'), 'unreachable'],
    ['a connect time-out', coded('UND_ERR_CONNECT_TIMEOUT'), 'unreachable'],
    ['a time-out of the system while connecting', coded('ETIMEDOUT', { syscall: 'connect' }), 'unreachable'],
    ['addresses that all refused', Object.assign(new AggregateError([coded('ECONNREFUSED')])), 'unreachable'],
    ['a proxy that said no', new Error('Proxy response (407) !== 200 when HTTP Tunneling'), 'proxy'],
    ['an expired certificate', coded('CERT_HAS_EXPIRED'), 'certificate'],
    ['a self-signed certificate', coded('DEPTH_ZERO_SELF_SIGNED_CERT'), 'certificate'],
    [
      'an unknown issuer, wrapped',
      new Error('fetch failed', { cause: coded('UNABLE_TO_VERIFY_LEAF_SIGNATURE') }),
      'certificate',
    ],
    ['a name that is not in the certificate', coded('ERR_TLS_CERT_ALTNAME_INVALID'), 'certificate'],
    ['a server that speaks no TLS', coded('ERR_SSL_WRONG_VERSION_NUMBER'), 'certificate'],
    ['a handshake that failed', coded('ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE'), 'certificate'],
  ])('knows that %s sent nothing', (_name, error, reason) => {
    expect(unknownResult(URL_WITH_QUERY, error)).toMatchObject({ notSent: true, reason });
  });

  it.each([
    ['a reset', coded('ECONNRESET')],
    ['a socket closed by the other side', coded('UND_ERR_SOCKET')],
    ['a reset while reading', coded('ECONNRESET', { syscall: 'read' })],
    ['a broken pipe', coded('EPIPE', { syscall: 'write' })],
    ['broken encryption', coded('ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC')],
    ['broken compression', coded('Z_BUF_ERROR')],
    ['an answer that is no HTTP', coded('HPE_INVALID_CONSTANT')],
    ['an error without a code', new Error('boom')],
  ])('does not know what the server did after %s', (_name, error) => {
    expect(unknownResult(URL_WITH_QUERY, error)).toMatchObject({ notSent: false, reason: 'lost' });
  });

  it('says which server, which code and why, and keeps path and query out', () => {
    const { message } = unknownResult(URL_WITH_QUERY, coded('ECONNRESET'));
    expect(message).toBe(
      'https://contoso.crm4.dynamics.com: the connection broke before the answer was complete (ECONNRESET)',
    );
  });

  it('counts a time-out as sent', () => {
    expect(unknownResult(URL_WITH_QUERY, coded('UND_ERR_ABORTED'), 'timeout')).toMatchObject({
      notSent: false,
      reason: 'timeout',
    });
  });
});
