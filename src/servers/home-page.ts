/** Modules with a page at `/`, the one that has it first. */
const WITH_HOME = ["ccm", "csm"];

/** Whether `/` is a module's in a server of these. */
export function isHome(name: string, modules: readonly string[]): boolean {
	return WITH_HOME.find((one) => modules.includes(one)) === name;
}
