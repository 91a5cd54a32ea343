/** Replaced by the build with package.json's version. */
declare const __DYNCAMP_VERSION__: string | undefined;

/** The sources run unbuilt in tests only. */
export const VERSION = typeof __DYNCAMP_VERSION__ === 'string' ? __DYNCAMP_VERSION__ : '0.0.0-unbuilt';
