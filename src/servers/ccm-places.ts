import { isOnlyHere } from "../auth/mod.ts";
import { GUI, GUI_EC, GUI_MQTT, GUI_SIMTALK } from "../ccm/config.ts";
import type { MqttPlace, Places } from "../ccm/mod.ts";
import { sectionValues } from "../config/mod.ts";
import { schemesOf } from "../settings/mod.ts";
import { secondPort } from "./ccm-alone.ts";
import type { Core, HttpPlaces } from "./module.ts";

/** Where pages and programs find the other servers; every setting but these ports is read once. */
export function placesOf({ modules, current, ports }: Core): Places {
	const { values } = current;
	const mqtt = sectionValues(values, GUI_MQTT);
	const ec = sectionValues(values, GUI_EC)["ec-endpoint"];
	const simtalk = sectionValues(values, GUI_SIMTALK)["simtalk-endpoint"];
	const schemes = schemesOf(values);
	const { host: broker } = values["core-mqtt"];
	const isBeside = modules.includes("csm");
	const csm = isBeside ? "" : mqtt["csm-host"] || mqtt.host;
	return {
		mqtt: (host): MqttPlace => ({
			host: reachable(broker, host),
			port: ports().mqtt,
			ws_scheme: schemes.ws,
			ws_port: ports().ws,
		}),
		csm: (host, listener) => {
			if (ec !== "") return ec;
			const at = bracketed(reachable(csm, host));
			if (!isBeside) return `http://${at}:${mqtt["csm-port"]}`;
			const usual = { isEncrypted: schemes.http === "https", port: ports().http };
			const { isEncrypted, port } = listener ?? usual;
			return `${isEncrypted ? "https" : "http"}://${at}:${port}`;
		},
		simtalk: () => simtalk,
	};
}

/** The host to name to a page. @param seen The one it came by, which counts where no other is known. */
function reachable(host: string, seen: string): string {
	return host === "" || isOnlyHere(host) ? seen : host;
}

function bracketed(host: string): string {
	return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}

/** Where all routes are found besides; alone CCM has no port but its own. */
export function httpPlacesOf({ modules, current: { values } }: Core): HttpPlaces {
	const { prefix } = sectionValues(values, GUI);
	const [second] = modules.includes("csm") ? secondPort(values, false) : [];
	return { prefix, second: second && { bind: values.core.bind, ...second } };
}
