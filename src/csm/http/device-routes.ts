import { hashOf, newSecret } from "../../auth/auth.ts";
import type { DeviceRecord } from "../../store/store.ts";
import {
	type Devices,
	metadataOf,
	readRegistration,
	readRegistrationChanges,
	speaksMqtt,
} from "../devices/devices.ts";
import { needOwner, needRegistrar, type Visitor } from "./access.ts";
import type { BodyReader } from "./body.ts";
import { CORS, json, reject } from "./replies.ts";

/** Where devices find the broker, as PUT answers it (`csm.md §2.2`). */
export interface BrokerAddress {
	readonly scheme: string;
	/** Empty: the host name the device itself used. */
	readonly host: string;
	readonly port: number;
	readonly ws_scheme: string;
	readonly ws_port: number;
}

export interface DeviceRoutesDeps {
	readonly devices: Devices;
	readonly bodies: BodyReader;
	readonly brokerAddress: () => BrokerAddress;
	readonly asksForLogins: boolean;
	/** Whether PUT answers with a login for the broker. */
	readonly givesLogins: boolean;
}

type Handler = (request: Request, id: string, visitor: Visitor) => Promise<Response> | Response;

/** What can be done with `/<uuid>` (`csm.md §2`). */
export class DeviceRoutes {
	readonly #deps: DeviceRoutesDeps;
	/** Headers of the answer to a browser that asks what it may send. */
	readonly #preflight: Record<string, string>;

	constructor(deps: DeviceRoutesDeps) {
		this.#deps = deps;
		const allowed = CORS["Access-Control-Allow-Headers"];
		this.#preflight = deps.asksForLogins
			? { ...CORS, "Access-Control-Allow-Headers": `${allowed}, Authorization` }
			: CORS;
	}

	/** @throws AccessError, BodyError, InputError, StorageError */
	async handle(request: Request, id: string, visitor: Visitor): Promise<Response> {
		const handler = this.#handlers[request.method];
		if (handler !== undefined) return handler(request, id, visitor);
		const methods = "GET, PUT, POST, DELETE or OPTIONS";
		return reject(405, `unknown method ${request.method}: use ${methods}`, id);
	}

	readonly #handlers: Readonly<Record<string, Handler>> = {
		OPTIONS: () => new Response(null, { status: 204, headers: this.#preflight }),

		GET: (_request, id, visitor) => {
			const device = this.#deps.devices.get(id);
			needOwner(visitor, id, device);
			return device === undefined ? reject(404, "id not found", id) : json(200, shown(device));
		},

		PUT: async (request, id, visitor) => {
			needRegistrar(visitor, id, this.#deps.devices.get(id));
			const registration = readRegistration(await this.#deps.bodies.readJsonObject(request));
			const password = this.#deps.givesLogins ? newSecret() : undefined;
			const device = await this.#deps.devices.register(id, registration, (known) => {
				// Somebody else may have registered it while the body was on its way.
				needRegistrar(visitor, id, known);
				return {
					secretHash: password === undefined ? null : hashOf(password),
					token: visitor.kind === "token" ? visitor.token : (known?.token ?? null),
				};
			});
			const { rev, name } = device;
			const login = password === undefined ? {} : { username: id, password };
			const channels = speaksMqtt(device.acceptProtos)
				? { url: this.#urlFor(request), ctrl_chans: [`${id}/ctrl/i`, `${id}/ctrl/o`] }
				: {};
			return json(200, { id, state: "ok", rev, name, ...channels, ...login });
		},

		POST: async (request, id, visitor) => {
			needOwner(visitor, id, this.#deps.devices.get(id));
			const body = await this.#deps.bodies.readJsonObject(request);
			if (this.#deps.devices.get(id) === undefined) return reject(404, "id not found", id);
			const device = await this.#deps.devices.change(id, readRegistrationChanges(body));
			return device === undefined ? reject(404, "id not found", id) : json(200, shown(device));
		},

		DELETE: async (request, id, visitor) => {
			const { rev } = await this.#deps.bodies.readJsonObject(request);
			const device = this.#deps.devices.get(id);
			// SDKs send nothing but the rev, which only the device itself and admins have been told.
			if (device === undefined || rev !== device.rev) needOwner(visitor, id, device);
			switch (await this.#deps.devices.deregister(id, rev)) {
				case "done":
					return json(200, { id, state: "ok" });
				case "unknown":
					return reject(404, "id not found", id);
				case "stale":
					return reject(400, "revision out-of-date or unknown", id);
			}
		},
	};

	#urlFor(request: Request): BrokerAddress {
		const address = this.#deps.brokerAddress();
		return { ...address, host: address.host || hostNameOf(request) };
	}
}

/** The host name the client used, without port; a phone on the LAN must not be told `localhost`. */
function hostNameOf(request: Request): string {
	return new URL(request.url).hostname.replace(/^\[(.*)\]$/, "$1");
}

function shown(device: DeviceRecord): Record<string, unknown> {
	const { id, ...rest } = metadataOf(device);
	return { id, state: "ok", ...rest };
}
