export { authIsOn, cautions, functionsCaution, isLocal } from "./access.ts";
export { type Addresses, addressesOf, type Ports } from "./addresses.ts";
export { type Config, INI } from "./config.ts";
export { ownListeners, sharedPorts } from "./listeners.ts";
export { encryptionOf, schemesOf } from "./schemes.ts";
