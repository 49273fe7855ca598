import { sectionValues } from "../config/mod.ts";
import { ESM } from "../dataflow/config.ts";
import type { Config } from "../settings/mod.ts";
import type { DataQos } from "./module.ts";

/** QoS of graphs' results; `auto`: that of the message that caused them. */
export function resultQosOf(config: Config): "auto" | DataQos {
	switch (sectionValues(config, ESM)["data-qos"]) {
		case "0":
			return 0;
		case "1":
			return 1;
		case "2":
			return 2;
		default:
			return "auto";
	}
}

/** The highest QoS that is of use for the data of graphs. */
export function graphDataQos(config: Config): DataQos {
	const qos = resultQosOf(config);
	return qos === "auto" ? 2 : qos;
}
