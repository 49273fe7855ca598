import OPENAPI_PAGE from "../../build/page/openapi.txt" with { type: "text" };
import LIVE_PAGE from "../../build/page/page.txt" with { type: "text" };
import type { WebDevices } from "../ccm/mod.ts";
import { type BuildV1, brokerRoutes, deviceRoutes, httpDeviceRoutes, loadV1 } from "../csm/mod.ts";
import { RegistrationClient } from "../csm-client/mod.ts";
import { EventStreams, ownerRoutes, passedRoutes, type Route } from "../http/mod.ts";
import { type Config, schemesOf } from "../settings/mod.ts";
import { csmMetrics, LIVE_STREAMS, LiveEvents, Status, statusRoutes } from "../status/mod.ts";
import { brokerQuestions } from "./broker-questions.ts";
import { functionsCaution, httpDevicesOptions } from "./csm-options.ts";
import { partsOf } from "./csm-parts.ts";
import { buildWorks, type Works } from "./csm-works.ts";
import type { BuiltModule, Core, ServerModule } from "./module.ts";
import { ownCsm } from "./own-csm.ts";
import { oldPagesCautions } from "./own-pages.ts";
import { PATIENCE_MS, sharedWebDevices } from "./shared-web-devices.ts";
import { v1Caution, v1Elsewhere, v1Options } from "./v1-options.ts";
import { WEB_DEVICES, webDevicesOf } from "./web-devices.ts";

/**
 * Loads the server of devices and graphs: `iotctl start csm`.
 * @param config What it turns off is not loaded; without it, all is.
 */
export async function loadCsm(config?: Config): Promise<ServerModule["build"]> {
	const isOff = config !== undefined && v1Options(config) === undefined;
	const buildV1 = isOff ? undefined : await loadV1();
	return (core) => buildCsm(core, buildV1);
}

function buildCsm(core: Core, buildV1: BuildV1 | undefined): BuiltModule {
	const { current, auth, store, broker, state, addresses } = core;
	const works = buildWorks(core, buildV1, () => status.figures);
	const { devices, http, dataPath, graphs } = works;
	const asked = brokerQuestions(core, works.stored);
	const status: Status = new Status({
		devices,
		graphs,
		dataPath,
		broker,
		store,
		state,
		v1Port: () => works.v1?.server.port,
		brokerKind: current.values["core-mqtt"].broker,
		logins: auth.isOn,
		addresses,
		cluster: works.node?.watch,
	});
	const live = new EventStreams(LIVE_STREAMS, new LiveEvents(status));
	const page = {
		live: LIVE_PAGE,
		isHome: core.home === "csm",
		openApi: OPENAPI_PAGE,
		events: (stillMay: () => boolean) => live.open(stillMay),
	};
	return {
		parts: [
			...partsOf(works),
			{ name: "status", start: () => status.start(), stop: () => status.stop() },
			{ name: "live page", finish: () => live.stop(), stop: () => live.stop() },
		],
		routes: [
			...deviceRoutesOf(core, works, asked !== undefined),
			...(asked === undefined ? [] : brokerRoutes(asked)),
			...statusRoutes(status, page),
			...((works.node && core.node?.routes(works.node)) ?? []),
		],
		elsewhere: (method, path) => v1Elsewhere(current.values, method, path),
		problems: () => [...dataPath.engines.problems, ...[works.node?.problem ?? []].flat()],
		metrics: () => [
			...csmMetrics({ devices, http, graphs, dataPath, asked: asked?.answers }),
			...(works.node?.metrics() ?? []),
		],
		cautions: () => {
			const found = [functionsCaution(current.values), v1Caution(current.values)];
			const all = [...found, ...oldPagesCautions(current.values), works.node?.caution];
			return all.flatMap((one) => one ?? []);
		},
		summary: () => status.summary,
		isAskedByBroker: asked !== undefined,
		offers: [WEB_DEVICES.of(webDevicesFor(core, works))],
		deviceSecretHash: (id) => devices.get(id)?.secretHash,
		...(works.stored !== undefined && { storedDevices: works.stored }),
		devicesWithoutLogin: () =>
			devices.list().filter(({ record }) => record.secretHash === null).length,
	};
}

function webDevicesFor(core: Core, { devices, http, stored }: Works): WebDevices {
	const { auth } = core;
	if (stored === undefined) {
		return webDevicesOf({
			...{ devices, http },
			isPassword: (id, password) => auth.isDevicePassword(id, password),
		});
	}
	const registry = new RegistrationClient({ ...ownCsm(core), timeoutMs: PATIENCE_MS });
	return sharedWebDevices({ registry, stored });
}

/** In a cluster each device's own node answers for it. */
function deviceRoutesOf(core: Core, works: Works, isAsked: boolean): Route[] {
	const { devices, http, owners } = works;
	const routes = deviceRoutes(deviceRouteDeps(core, works, isAsked));
	const overHttp = httpDeviceRoutes({
		http,
		device: (id) => devices.get(id),
		limits: httpDevicesOptions(core.current),
		isOurs: owners && ((id) => owners.isOurs(id)),
	});
	if (owners === undefined) return [...routes, ...overHttp];
	return [...ownerRoutes(routes, owners), ...passedRoutes(overHttp, owners)];
}

/** @param isAsked Whether another program's broker may ask who has logged in. */
function deviceRouteDeps(
	{ current, auth, ports }: Core,
	{ devices, http }: Works,
	isAsked: boolean,
) {
	const { "core-mqtt": mqtt } = current.values;
	const schemes = schemesOf(current.values);
	return {
		devices,
		brokerAddress: () => {
			const { mqtt: port, ws } = ports();
			const { mqtt: scheme, ws: ws_scheme } = schemes;
			return { scheme, host: mqtt.host, port, ws_scheme, ws_port: ws };
		},
		asksForLogins: auth.isOn,
		followProtocols: (id: string) => http.follow(id),
		brokerKnowsLogins: isAsked || mqtt.broker === "embedded",
	};
}
