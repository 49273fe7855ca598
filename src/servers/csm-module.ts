import OPENAPI_PAGE from "../../build/page/openapi.txt" with { type: "text" };
import LIVE_PAGE from "../../build/page/page.txt" with { type: "text" };
import { LinkGrants } from "../auth/mod.ts";
import {
	type BuildV1,
	brokerRoutes,
	ClientApi,
	CsmStore,
	DeviceApi,
	Devices,
	deviceRoutes,
	GraphApi,
	HttpDevices,
	httpDeviceRoutes,
	LinkEffects,
	loadV1,
	OldLinks,
	SIGNAL_DEFAULTS,
	Signals,
	signalWayOf,
} from "../csm/mod.ts";
import { DataPath } from "../dataflow/mod.ts";
import { EventStreams } from "../http/mod.ts";
import { systemClock } from "../kit/mod.ts";
import { type Config, schemesOf } from "../settings/mod.ts";
import { csmMetrics, LIVE_STREAMS, LiveEvents, Status, statusRoutes } from "../status/mod.ts";
import { brokerQuestions } from "./broker-questions.ts";
import { STOP_TIMEOUT_MS } from "./core-options.ts";
import {
	dataPathOptions,
	devicesOptions,
	functionsCaution,
	graphOptions,
	httpDevicesOptions,
} from "./csm-options.ts";
import { enginesOf } from "./engine-options.ts";
import type { BuiltModule, Core, Part, ServerModule } from "./module.ts";
import { oldPages, oldPagesCautions } from "./own-pages.ts";
import { PROJECT_FACTS } from "./project-facts.ts";
import { v1Caution, v1Elsewhere, v1Options } from "./v1-options.ts";
import { WEB_DEVICES, webDevicesOf } from "./web-devices.ts";

const MAX_WAITING_REQUESTS = 10_000;

type Works = ReturnType<typeof buildWorks>;

/** What runs without being seen. */
function buildWorks(core: Core, buildV1: BuildV1 | undefined) {
	const { current, log, store: database, broker, grants, modules } = core;
	const store = new CsmStore(database);
	const signals = new Signals(SIGNAL_DEFAULTS, broker, log.component("devices"), (id) =>
		signalWayOf(devices.get(id)),
	);
	const devices: Devices = new Devices(devicesOptions(current), {
		store,
		broker,
		signals,
		senders: () => dataPath.senders(),
		clock: systemClock,
		log: log.component("devices"),
	});
	const engines = enginesOf(current.values, modules);
	const options = { ...dataPathOptions(current.values), engines };
	const dataPath = new DataPath(options, broker, log.component("esm"));
	dataPath.onInputGone((id, messages) => devices.linkGone(id, messages));
	const http = new HttpDevices(httpDevicesOptions(current), {
		...{ devices, signals, broker, clock: systemClock },
		log: log.component("devices"),
	});
	const v1 = v1Of(core, devices, buildV1);
	const api = { broker, log: log.component("api"), maxWaiting: MAX_WAITING_REQUESTS };
	const deviceApi = new DeviceApi({ store, devices, ...api });
	const graphs = new GraphApi(graphOptions(current), {
		store,
		dataPath,
		signals: new LinkEffects(
			new LinkGrants(grants),
			...[signals, http, v1?.links].filter((one) => one !== undefined),
		),
		...api,
	});
	const clientApi = new ClientApi({ graphs, deviceApi, ...api });
	return { devices, http, dataPath, deviceApi, graphs, clientApi, v1 };
}

/** The older protocol, if it is spoken. */
function v1Of(core: Core, devices: Devices, buildV1: BuildV1 | undefined) {
	const { current, auth, origins, broker, addresses } = core;
	const options = v1Options(current.values);
	if (options === undefined || buildV1 === undefined) return undefined;
	const links = new OldLinks();
	const built = buildV1(options, {
		...{ devices, broker, auth, origins, links },
		facts: () => core.offered(PROJECT_FACTS),
		pages: oldPages(current),
		livePage: () => `${addresses().http}/live`,
		clock: systemClock,
		log: core.log.component("v1"),
	});
	return { links, ...built };
}

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
	const works = buildWorks(core, buildV1);
	const { devices, http, dataPath, graphs } = works;
	const asked = brokerQuestions(core);
	const status = new Status({
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
			...deviceRoutes(deviceRouteDeps(core, works, asked !== undefined)),
			...(asked === undefined ? [] : brokerRoutes(asked)),
			...httpDeviceRoutes({
				http,
				device: (id) => devices.get(id),
				limits: httpDevicesOptions(current),
			}),
			...statusRoutes(status, page),
		],
		elsewhere: (method, path) => v1Elsewhere(current.values, method, path),
		problems: () => dataPath.engines.problems,
		metrics: () => csmMetrics({ devices, http, graphs, dataPath, asked: asked?.answers }),
		cautions: () => {
			const found = [functionsCaution(current.values), v1Caution(current.values)];
			return [...found.flatMap((one) => one ?? []), ...oldPagesCautions(current.values)];
		},
		summary: () => status.summary,
		isAskedByBroker: asked !== undefined,
		offers: [
			WEB_DEVICES.of(
				webDevicesOf({
					...{ devices, http },
					isPassword: (id, password) => auth.isDevicePassword(id, password),
				}),
			),
		],
		deviceSecretHash: (id) => devices.get(id)?.secretHash,
		devicesWithoutLogin: () =>
			devices.list().filter(({ record }) => record.secretHash === null).length,
	};
}

function partsOf({ devices, http, dataPath, deviceApi, graphs, clientApi, v1 }: Works): Part[] {
	return [
		{
			name: "devices",
			start: () => devices.start(),
			finish: () => devices.finish(),
			stop: () => devices.stop(),
		},
		{
			name: "devices over HTTP",
			start: () => http.start(),
			finish: () => http.stop(),
			stop: () => http.stop(),
		},
		{
			name: "data path",
			start: () => dataPath.start(),
			finish: () => dataPath.finish(STOP_TIMEOUT_MS),
			stop: () => dataPath.stop(),
		},
		{
			name: "device API",
			start: () => deviceApi.start(),
			opened: () => deviceApi.resync(),
			finish: () => deviceApi.stop(),
		},
		{
			name: "graphs",
			start: () => graphs.start(),
			finish: () => graphs.stop(),
		},
		{
			name: "client API",
			start: () => clientApi.start(),
			finish: () => clientApi.stop(),
		},
		...(v1 === undefined ? [] : [v1Part(v1)]),
	];
}

/** Behind the graphs, whose links its devices have. */
function v1Part({ devices, server }: NonNullable<Works["v1"]>): Part {
	return {
		name: "older protocol",
		start: () => devices.start(),
		opened: () => server.open(),
		finish: () => server.finish(),
		stop: async () => {
			server.stop();
			await devices.stop();
		},
	};
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
