import { randomUUID } from "node:crypto";
import { Type } from "@sinclair/typebox";
import { failure, type ListenerInfo, type Route, route } from "../../http/mod.ts";
import type { CcmStore, CcmTables } from "../store/port.ts";
import { answer, refuse, text } from "./answers.ts";

/** Where a page reaches MQTT (`ccm-gui.md §4`). */
export interface MqttPlace {
	readonly host: string;
	readonly port: number;
	readonly ws_scheme: "ws" | "wss";
	readonly ws_port: number;
}

/** The login of a page on MQTT, for as long as the session it was asked for with lasts. */
export interface PageIdentity {
	/** Of its topics; a UUID. */
	readonly id: string;
	/** What its requests quote (`ccm-gui.md §5`). */
	readonly _id: string;
	/** Where MQTT needs a login. */
	readonly credential_id?: string;
	readonly username?: string;
	readonly password?: string;
}

/** Makes the login of a page. @param session The secret of a session. @returns undefined when that has ended. */
export type DrawPage = (session: string) => Promise<PageIdentity | undefined>;

/** Where pages and programs find the other servers. */
export interface Places {
	/** @param host The host name a page used to come here. */
	mqtt(host: string): MqttPlace;
	/**
	 * Base address devices register at.
	 * @param host As above.
	 * @param listener The one a page came by, for the page itself; undefined: the usual one, for devices of any kind.
	 */
	csm(host: string, listener?: ListenerInfo): string;
	/** Base address of a simulator; empty: there is none. */
	simtalk(): string;
}

const Text = Type.String();
const MqttView = Type.Object({
	id: Type.String({ format: "uuid" }),
	host: Text,
	port: Type.Integer(),
	ws_scheme: Type.Union([Type.Literal("ws"), Type.Literal("wss")]),
	ws_port: Type.Integer(),
	_id: Type.Optional(
		Type.String({ description: "The page's token, for its requests over MQTT; with a session" }),
	),
	credential_id: Type.Optional(
		Type.String({ description: "With a session, where MQTT needs a login" }),
	),
	username: Type.Optional(Text),
	password: Type.Optional(Text),
});

/** What pages of devices and old devices ask for without a login (`ccm-gui.md §3.3`, `§4`). */
export function machineRoutes(places: Places, store: CcmStore, drawPage: DrawPage): Route[] {
	const shared = { method: "GET", who: "anyone", refuse } as const;
	return [
		route({
			...shared,
			hosts: "any",
			path: "/mqtt_url",
			summary: "An MQTT identity for a page, and where the broker is",
			replies: { 200: { description: "the identity", schema: MqttView } },
			run: async ({ call, logins }) => {
				const { session } = logins();
				const drawn = session === undefined ? undefined : await drawPage(session);
				return answer(200, { id: randomUUID(), ...places.mqtt(call.from.host.name), ...drawn });
			},
		}),
		route({
			...shared,
			hosts: "any",
			path: "/ec_endpoint",
			summary: "Where devices register",
			replies: { 200: { description: "address", schema: Type.Object({ ec_endpoint: Text }) } },
			run: ({ call }) =>
				answer(200, { ec_endpoint: places.csm(call.from.host.name, call.listener) }),
		}),
		route({
			...shared,
			hosts: "any",
			path: "/simtalk_endpoint",
			summary: "Where the simulator is; empty: there is none",
			replies: { 200: { description: "address", schema: Type.Object({ simtalk_endpoint: Text }) } },
			run: () => answer(200, { simtalk_endpoint: places.simtalk() }),
		}),
		route({
			...shared,
			path: "/api/v1/get_alias",
			summary: "The alias of a bound device's feature, else the feature's name, for old devices",
			query: Type.Object({ mac_addr: Text, df_name: Text }),
			replies: {
				200: { description: "alias or name", type: "text/plain; charset=utf-8" },
				400: failure("`mac_addr` or `df_name` is missing"),
			},
			run: async ({ call }) => {
				const query = new URL(call.request.url).searchParams;
				const mac = query.get("mac_addr") ?? "";
				const feature = query.get("df_name") ?? "";
				if (mac === "") return refuse(400, "field `mac_addr` is required");
				if (feature === "") return refuse(400, "field `df_name` is required");
				return text(200, await store.read((tables) => aliasOf(tables, mac.toLowerCase(), feature)));
			},
		}),
	];
}

/** Alias of a feature in the first project a device is bound in; else the feature's name. */
async function aliasOf(tables: CcmTables, mac: string, dfName: string): Promise<string> {
	if ((await tables.devices.list({ mac_addr: mac })).length === 0) return dfName;
	for (const p_id of await tables.projects.mentioning({ kind: "mac", ref: mac })) {
		const [project] = await tables.projects.list({ p_id });
		for (const { bindings, ports } of project?.blocks ?? []) {
			if (!bindings.some(({ mac_addr }) => mac_addr === mac)) continue;
			const port = ports.find(({ df_name }) => df_name === dfName);
			if (port !== undefined) return port.alias_name;
		}
	}
	return dfName;
}
