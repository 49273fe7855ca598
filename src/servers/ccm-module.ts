import type { BuiltModule } from "./module.ts";

/** The project manager: `iotctl start ccm`. */
export function buildCcm(): BuiltModule {
	return { parts: [], routes: [], problems: () => [], metrics: () => [] };
}
