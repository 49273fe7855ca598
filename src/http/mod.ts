export { AccessError, refusePage, type Shown, type Visitor } from "./access.ts";
export { BodyReader, type Sender } from "./body.ts";
export type { Call } from "./call.ts";
export { HttpApi, type HttpOptions } from "./http-api.ts";
export { openApi } from "./openapi.ts";
export { pageHeaders } from "./page-headers.ts";
export { CORS, json, reject } from "./replies.ts";
