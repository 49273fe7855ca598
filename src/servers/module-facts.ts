import type { Config } from "../settings/mod.ts";
import type { BuiltModule, DataQos, ServerModule } from "./module.ts";

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

/** The module whose page is at `/`: of several that have one the last; undefined: there is none. */
export function homeOf(
	modules: readonly Pick<ServerModule, "name" | "hasHome">[],
): string | undefined {
	return modules.findLast(({ hasHome }) => hasHome)?.name;
}

/** The highest QoS of the data of modules; undefined: they have none. */
export function highestDataQos(
	modules: readonly Pick<ServerModule, "dataQos">[],
	config: Config,
): DataQos | undefined {
	const found = modules.flatMap(({ dataQos }) => dataQos?.(config) ?? []);
	return ([2, 1, 0] as const).find((qos) => found.includes(qos));
}
