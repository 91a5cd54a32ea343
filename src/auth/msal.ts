/** The only import of @azure/msal-node: what of it is used, for the files that are loaded by `await import()`. */
export {
  AuthError,
  ConfidentialClientApplication,
  type Configuration,
  type INetworkModule,
  ManagedIdentityApplication,
  type NetworkRequestOptions,
  PublicClientApplication,
} from '@azure/msal-node';
