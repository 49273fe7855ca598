import type { WebDevices } from "../ccm/mod.ts";
import type { ProjectFacts } from "../csm/mod.ts";
import type { BuiltModule } from "./module.ts";

/** What `BuiltModule.deviceSecretHash` says in the first module that knows a device. */
export function secretHashIn(
	modules: readonly BuiltModule[],
	id: string,
): string | null | undefined {
	for (const { deviceSecretHash } of modules) {
		const hash = deviceSecretHash?.(id);
		if (hash !== undefined) return hash;
	}
	return undefined;
}

/** Devices of all modules that have no password. */
export function devicesWithoutLogin(modules: readonly BuiltModule[]): number {
	return modules.reduce((sum, module) => sum + (module.devicesWithoutLogin?.() ?? 0), 0);
}

/** Devices that speak HTTP, of the first module that has any. */
export function webDevicesIn(modules: readonly BuiltModule[]): WebDevices | undefined {
	return modules.find(({ webDevices }) => webDevices !== undefined)?.webDevices;
}

/** What the first module that has any knows of projects. */
export function projectFactsIn(modules: readonly BuiltModule[]): ProjectFacts | undefined {
	return modules.find(({ projectFacts }) => projectFacts !== undefined)?.projectFacts;
}
