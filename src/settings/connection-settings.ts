/** Where to connect and how to sign in. Secrets are named, not held, until a token is needed. */

export type SecretSource =
  | { readonly from: 'env'; readonly name: string }
  /** Read again at each use, so that rotation needs no restart. */
  | { readonly from: 'file'; readonly path: string }
  /** In the settings file itself, only on request (--store-secret). */
  | { readonly from: 'stored'; readonly secret: string };

export type SignInSettings =
  /** A ready bearer token; from the environment only. */
  | { readonly kind: 'token'; readonly token: SecretSource }
  | {
      readonly kind: 'clientSecret';
      readonly tenantId: string;
      readonly clientId: string;
      readonly secret: SecretSource;
    }
  | {
      readonly kind: 'certificate';
      readonly tenantId: string;
      readonly clientId: string;
      /** PEM with the certificate, and the key unless keyPath names its file. */
      readonly certificatePath: string;
      readonly keyPath?: string | undefined;
      readonly passphrase?: SecretSource | undefined;
    }
  | {
      readonly kind: 'federatedTokenFile';
      readonly tenantId: string;
      readonly clientId: string;
      readonly tokenFile: string;
    }
  /** With clientId the user-assigned identity of that id, else the machine's own. */
  | { readonly kind: 'managedIdentity'; readonly clientId?: string | undefined }
  /** A person. Without clientId Microsoft's public client for Dynamics tools, without tenantId any work account. */
  | {
      readonly kind: 'browser' | 'deviceCode';
      readonly tenantId?: string | undefined;
      readonly clientId?: string | undefined;
    }
  /** The account that is signed in to the Azure CLI. */
  | { readonly kind: 'azureCli'; readonly tenantId?: string | undefined };

export type SignInKind = SignInSettings['kind'];

/** The one source of URL and sign-in. */
export type SettingsSource =
  | {
      readonly kind: 'profile';
      readonly name: string;
      readonly chosenBy: '--profile' | 'DYNCAMP_PROFILE' | 'profiles use';
    }
  | { readonly kind: 'environment' };

export type ConnectionSettings = {
  /** `https://contoso.crm4.dynamics.com`; undefined for the built-in emulator, which has none until it runs. */
  readonly origin: string | undefined;
  readonly signIn: SignInSettings;
  readonly source: SettingsSource;
  /** Ids of users whose additions `remove` treats as a flow action's: earlier application users, Marketo's sync user. */
  readonly flowUsers: readonly string[];
  /** Column values for created people. */
  readonly set: Readonly<Record<string, string>>;
  /** The organization id seen when the profile was added. */
  readonly organizationId?: string | undefined;
};

export type Environment = Readonly<Record<string, string | undefined>>;
