// The routes of devices with a real registry, broker and database: without graphs and pages.
import type { DeviceRequestsDeps } from "../../src/csm/http/device-requests.ts";
import { deviceRoutes } from "../../src/csm/http/device-routes.ts";
import { startHttp } from "./http-server.ts";
import { startRegistry } from "./registry.ts";

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

export interface DeviceHttp {
	send(
		method: string,
		path: string,
		request?: { body?: unknown; headers?: Record<string, string> },
	): Promise<Answer>;
	/** Everything the log of HTTP said so far. */
	log(): string;
	stop(): Promise<void>;
}

export async function startDeviceHttp(
	options: Omit<DeviceRequestsDeps, "devices" | "brokerAddress"> & { host?: string },
): Promise<DeviceHttp> {
	const { host = "", ...rest } = options;
	const registry = await startRegistry();
	const brokerAddress = () => ({
		scheme: "mqtt",
		host,
		port: 1883,
		ws_scheme: "ws",
		ws_port: 9001,
	});
	const routes = deviceRoutes({ devices: registry.devices, brokerAddress, ...rest });
	const server = await startHttp(routes, { logins: rest.asksForLogins });
	return {
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
			await server.stop();
			await registry.dispose();
		},
	};
}
