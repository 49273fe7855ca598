import { AAA } from "../auth/config.ts";
import { MQTT, WEBSOCKET } from "../broker/config.ts";
import { composeSections } from "../config/mod.ts";
import { ESM } from "../dataflow/config.ts";
import { DATABASE } from "../store/config.ts";
import { TLS } from "../tls/config.ts";

/** The ini of `iotctl` (`csm.md §9`): validation, messages, the sample ini and the documents come from it. */
export const INI = composeSections([DATABASE, MQTT, WEBSOCKET, TLS, AAA, ESM]);

/** The validated configuration: section → key → typed value, names as in the ini. */
export type Config = ReturnType<typeof INI.defaults>;
