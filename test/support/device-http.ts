// The routes of devices with a real registry, broker and database: without graphs and pages.
import type { DeviceRequestsDeps } from "../../src/csm/http/device-requests.ts";
import { deviceRoutes } from "../../src/csm/http/device-routes.ts";
import { httpDeviceRoutes } from "../../src/csm/http-devices/http-device-routes.ts";
import { HttpDevices } from "../../src/csm/http-devices/http-devices.ts";
import { type Clock, systemClock } from "../../src/kit/clock.ts";
import { startHttp } from "./http-server.ts";
import { recordedLog } from "./log.ts";
import { type Registry, startRegistry } from "./registry.ts";

/** What PUT and POST take. */
export const BODY = {
	name: "Lamp",
	accept_protos: ["mqtt"],
	idf_list: [["Switch", [null]]],
	profile: { model: "Lamp" },
};

/** What a request was answered with. */
export interface Answer {
	readonly status: number;
	readonly headers: Headers;
	readonly json: Record<string, unknown>;
}

export interface DeviceHttp extends Pick<Registry, "devices" | "signals" | "broker" | "stateOf"> {
	/** `http://127.0.0.1:<port>` */
	readonly url: string;
	readonly http: HttpDevices;
	send(
		method: string,
		path: string,
		request?: { body?: unknown; headers?: Record<string, string> },
	): Promise<Answer>;
	/** Everything the log of HTTP said so far. */
	log(): string;
	/** Everything the log of devices that speak HTTP said so far. */
	deviceLog(): string;
	stop(): Promise<void>;
}

export async function startDeviceHttp(
	options: Pick<DeviceRequestsDeps, "asksForLogins" | "brokerKnowsLogins"> & {
		host?: string;
		maxPerSecond?: number;
		maxUnreadBytes?: number;
		clock?: Clock;
		isOurs?: (id: string) => boolean;
	},
): Promise<DeviceHttp> {
	const { host = "", maxPerSecond = 20, maxUnreadBytes = 256 << 10, ...more } = options;
	const { clock, isOurs, ...rest } = more;
	const registry = await startRegistry();
	const { devices, signals, broker } = registry;
	const { log, lines } = recordedLog("devices");
	const limits = { maxPerSecond, maxUnreadBytes };
	const http = new HttpDevices(limits, {
		devices,
		signals,
		broker,
		clock: clock ?? systemClock,
		log,
	});
	http.start();
	const brokerAddress = () => ({
		scheme: "mqtt",
		host,
		port: 1883,
		ws_scheme: "ws",
		ws_port: 9001,
	});
	const followProtocols = (id: string) => http.follow(id);
	const device = (id: string) => devices.get(id);
	const routes = [
		...deviceRoutes({ devices, brokerAddress, followProtocols, ...rest }),
		...httpDeviceRoutes({ http, device, limits, isOurs }),
	];
	const server = await startHttp(routes, {
		logins: rest.asksForLogins,
		secretHashOf: (id) => device(id)?.secretHash,
	});
	return {
		...{ devices, signals, broker, http },
		url: server.url,
		stateOf: registry.stateOf,
		deviceLog: () => lines.join(""),
		send: async (method, path, { body, headers = {} } = {}) => {
			const response = await fetch(server.url + path, {
				method,
				headers: { "content-type": "application/json", ...headers },
				...(body !== undefined && { body: JSON.stringify(body) }),
			});
			const text = await response.text();
			const json: Record<string, unknown> = text.startsWith("{") ? JSON.parse(text) : {};
			return { status: response.status, headers: response.headers, json };
		},
		log: server.log,
		stop: async () => {
			http.stop();
			await server.stop();
			await registry.dispose();
		},
	};
}
