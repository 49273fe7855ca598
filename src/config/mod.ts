export {
	composeSections,
	type IniFormat,
	sectionValues,
} from "./compose.ts";
export { accepts, defaultText, type Field, type SectionFields } from "./fields.ts";
export { type HostPort, readHostList, withoutBrackets } from "./host-list.ts";
export { withIniValues } from "./ini-edit.ts";
export { logLevels } from "./log.ts";
export { type Network, readNetworks } from "./networks.ts";
export {
	bytes,
	count,
	oneOf,
	passwordFields,
	port,
	reloadable,
	type Section,
	section,
} from "./section.ts";
