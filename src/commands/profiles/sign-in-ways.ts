/** How one can sign in: the words of `--sign-in`, and what the settings call them. */
export const SIGN_IN_WAYS = {
  browser: 'browser',
  'device-code': 'deviceCode',
  'client-secret': 'clientSecret',
  certificate: 'certificate',
  'federated-token-file': 'federatedTokenFile',
  'managed-identity': 'managedIdentity',
  'azure-cli': 'azureCli',
} as const;

export type SignInWay = keyof typeof SIGN_IN_WAYS;
