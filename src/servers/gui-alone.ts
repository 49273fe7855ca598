import { CCM_PORT, GUI } from "../ccm/config.ts";
import { sectionValues } from "../config/mod.ts";
import type { Config } from "../settings/mod.ts";

/** The configuration of `start gui`: an HTTP port of its own, as `start ccm` has it. */
export function guiAlone(config: Config): Config {
	const { bind, port } = sectionValues(config, GUI);
	return {
		...config,
		core: {
			...config.core,
			bind: bind || config.core.bind,
			"http-port": port === "" ? CCM_PORT : Number(port),
		},
	};
}

/** Loads the editor's server; other commands do without its code. */
export async function loadGui() {
	return (await import("./gui-server.ts")).GuiServer;
}
