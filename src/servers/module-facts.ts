import type { StoredDevices } from "../auth/mod.ts";
import type { Config } from "../settings/mod.ts";
import type { BuiltModule, DataQos, ServerModule } from "./module.ts";

/** What the modules of a server know of devices' passwords, as `AuthDeps` has it. */
export interface DeviceSecrets {
	readonly secretHashOf: (daId: string) => string | null | undefined;
	readonly storedHashOf: StoredDevices["secretHashOf"] | undefined;
}

/**
 * The passwords of devices: those of the first module that knows a device.
 * @param modules May be built later.
 * @param isNode Whether other nodes have devices as well.
 */
export function deviceSecretsIn(modules: readonly BuiltModule[], isNode: boolean): DeviceSecrets {
	return {
		secretHashOf: (id) => {
			for (const { deviceSecretHash } of modules) {
				const hash = deviceSecretHash?.(id);
				if (hash !== undefined) return hash;
			}
			return undefined;
		},
		storedHashOf: isNode
			? async (id) => modules.find((one) => one.storedDevices)?.storedDevices?.secretHashOf(id)
			: undefined,
	};
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
