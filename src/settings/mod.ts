export { authIsOn, cautions, isLocal } from "./access.ts";
export { type Addresses, addressesOf, type Ports } from "./addresses.ts";
export { CORE_INI, type Config } from "./config.ts";
export { lanAddresses } from "./lan.ts";
export { HTTPS_SETTING, type Listener, ownListeners, sharedPorts } from "./listeners.ts";
export { encryptionOf, schemesOf } from "./schemes.ts";
