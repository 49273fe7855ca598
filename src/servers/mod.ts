export { CsmServer } from "./csm-server.ts";
export { ServerOptions } from "./server-options.ts";
