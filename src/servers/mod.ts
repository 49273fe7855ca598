export { mayBeAsked } from "./broker-questions.ts";
export { isNode, nodeName, nodeProcess, nodeUrl } from "./check-cluster.ts";
export { certificateFiles, storeOptions } from "./core-options.ts";
export { dataPathOptions, esmOf, functionsCaution } from "./csm-options.ts";
export { enginesOf, memoryOf } from "./engine-options.ts";
export { externalBrokerOptions } from "./external-broker-options.ts";
export { guiAlone, loadGui } from "./gui-alone.ts";
export { loadNode } from "./load-node.ts";
export type {
	BuiltModule,
	Core,
	DeclaredModule,
	Migrated,
	ModuleData,
	ModulePart,
	Part,
	ServerModule,
} from "./module.ts";
export type { ModuleList } from "./module-list.ts";
export { oldPagesCautions, pagesCautions } from "./own-pages.ts";
export { Server } from "./server.ts";
export type { ServerHints } from "./server-hints.ts";
export { v1Caution, v1Options } from "./v1-options.ts";
