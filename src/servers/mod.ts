export { certificateFiles } from "./core-options.ts";
export { CSM } from "./csm-module.ts";
export { dataPathOptions } from "./csm-options.ts";
export { externalBrokerOptions } from "./external-broker-options.ts";
export type { BuiltModule, Core, Part, ServerModule } from "./module.ts";
export { Server } from "./server.ts";
