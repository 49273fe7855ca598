export { type Addresses, addressesOf, type Ports } from "./addresses.ts";
export { brokerAddresses, withoutBrackets } from "./broker-addresses.ts";
export {
	authIsOn,
	cautions,
	changedKeys,
	defaultConfig,
	encryptionOf,
	functionsCaution,
	isLocal,
	loadConfig,
	loadUserdir,
	logLevels,
	misspeltSections,
	schemesOf,
	withReloadable,
} from "./config.ts";
export { sections } from "./fields.ts";
export { ownListeners, sharedPorts } from "./listeners.ts";
export { renderSampleIni } from "./sample.ts";
export type { Config } from "./schema.ts";
