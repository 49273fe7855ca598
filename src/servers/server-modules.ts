import { ESM } from "../dataflow/config.ts";
import type { DeclaredModule } from "./module.ts";
import { ModuleList } from "./module-list.ts";

/** The server of devices and graphs. */
export const CSM: DeclaredModule = {
	name: "csm",
	sections: [ESM],
	schema: async () => (await import("../csm/mod.ts")).CSM_SCHEMA,
	build: async () => (await import("./csm-module.ts")).buildCsm,
};

/** The server modules of `iotctl`. Whatever depends on which there are follows from this list. */
export const SERVER_MODULES = new ModuleList([CSM]);
