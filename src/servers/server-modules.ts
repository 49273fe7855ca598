import { CCM_SECTIONS } from "../ccm/config.ts";
import { HTTP_DEVICES, V1 } from "../csm/config.ts";
import { ESM } from "../dataflow/config.ts";
import { ccmAlone, secondPort } from "./ccm-alone.ts";
import { graphDataQos } from "./data-qos.ts";
import type { DeclaredModule } from "./module.ts";
import { ModuleList } from "./module-list.ts";
import { v1Listeners } from "./v1-options.ts";

/** The server of devices and graphs. */
export const CSM: DeclaredModule = {
	name: "csm",
	sections: [ESM, HTTP_DEVICES, V1],
	components: ["api", "devices", "esm", "v1"],
	schema: async () => (await import("../csm/mod.ts")).CSM_SCHEMA,
	build: async (config) => (await import("./csm-module.ts")).loadCsm(config),
	listeners: v1Listeners,
	hasHome: true,
	dataQos: graphDataQos,
};

/** The project manager. */
export const CCM: DeclaredModule = {
	name: "ccm",
	sections: CCM_SECTIONS,
	components: ["ccm", "workbench"],
	schema: async () => (await import("../ccm/mod.ts")).CCM_SCHEMA,
	build: async () => (await import("./ccm-module.ts")).loadCcm(),
	data: async () => (await import("./ccm-data.ts")).ccmData,
	hasHome: true,
	alone: ccmAlone,
	listeners: secondPort,
};

/**
 * The server modules of `iotctl`, in the order of their start. Ini, tables, and which servers commands take and complete
 * follow from this list. The help of `start` and `initdb` has words for each (`src/cli/commands`); a test looks for them.
 */
export const SERVER_MODULES = new ModuleList([CSM, CCM]);
