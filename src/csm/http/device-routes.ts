import { hashOf, newSecret } from "../../auth/mod.ts";
import { readRegistration, readRegistrationChanges, speaksMqtt } from "../../contract/mod.ts";
import {
	type BodyReader,
	type Call,
	CORS,
	json,
	refusePage,
	reject,
	type Sender,
	type Visitor,
} from "../../http/mod.ts";
import type { DeviceRecord } from "../../store/mod.ts";
import type { Devices } from "../devices/devices.ts";
import { metadataOf } from "../devices/metadata.ts";
import { needOwner, needRegistrar } from "./device-rights.ts";

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
	/** Whether devices log in at our broker with what PUT answers. */
	readonly hasOwnBroker: boolean;
}

type Handler = (call: Call, id: string, visitor: Visitor) => Promise<Response> | Response;

/** What can be done with `/<uuid>` (`csm.md §2`). */
export class DeviceRoutes {
	readonly #deps: DeviceRoutesDeps;

	constructor(deps: DeviceRoutesDeps) {
		this.#deps = deps;
	}

	/** @throws AccessError, BodyError, InputError, StorageError */
	async handle(call: Call, id: string, visitor: Visitor): Promise<Response> {
		const { method } = call.request;
		const handler = this.#handlers[method];
		if (handler !== undefined) return handler(call, id, visitor);
		const methods = "GET, PUT, POST, DELETE or OPTIONS";
		return reject(405, `unknown method ${method}: use ${methods}`, id);
	}

	readonly #handlers: Readonly<Record<string, Handler>> = {
		OPTIONS: () => new Response(null, { status: 204, headers: CORS }),

		GET: (call, id, visitor) => {
			refusePage(visitor);
			const device = this.#deps.devices.get(id);
			needOwner(visitor, id, device);
			if (device === undefined) return reject(404, "id not found", id);
			return json(200, this.#shown(device, call));
		},

		PUT: async (call, id, visitor) => {
			needRegistrar(visitor, id, this.#deps.devices.get(id));
			const body = await this.#deps.bodies.readJsonObject(call, senderOf(visitor));
			const registration = readRegistration(body);
			const { asksForLogins, hasOwnBroker } = this.#deps;
			const givesLogin = hasOwnBroker && (asksForLogins || visitor.kind === "page");
			const password = givesLogin ? newSecret() : undefined;
			const device = await this.#deps.devices.register(id, registration, (known) => {
				// Somebody else may have registered it while the body was on its way.
				needRegistrar(visitor, id, known);
				return {
					secretHash: password === undefined ? null : hashOf(password),
					token: visitor.kind === "token" ? visitor.token : (known?.token ?? null),
					origin: visitor.kind === "page" ? visitor.origin : null,
				};
			});
			const { rev, name } = device;
			const login = password === undefined ? {} : { username: id, password };
			const channels = speaksMqtt(device.acceptProtos)
				? { url: this.#urlFor(call), ctrl_chans: [`${id}/ctrl/i`, `${id}/ctrl/o`] }
				: {};
			return json(200, { id, state: "ok", rev, name, ...channels, ...login });
		},

		POST: async (call, id, visitor) => {
			refusePage(visitor);
			needOwner(visitor, id, this.#deps.devices.get(id));
			const body = await this.#deps.bodies.readJsonObject(call, senderOf(visitor));
			if (this.#deps.devices.get(id) === undefined) return reject(404, "id not found", id);
			const device = await this.#deps.devices.change(id, readRegistrationChanges(body));
			if (device === undefined) return reject(404, "id not found", id);
			return json(200, this.#shown(device, call));
		},

		DELETE: async (call, id, visitor) => {
			const { rev } = await this.#deps.bodies.readJsonObject(call, senderOf(visitor));
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

	/** With the host name the client used itself: a phone on the network must not be told `localhost`. */
	#urlFor({ from }: Call): BrokerAddress {
		const address = this.#deps.brokerAddress();
		return { ...address, host: address.host || from.host.name };
	}

	/** Without the rev where DNS rebinding could let a page see it: with the rev it could deregister the device. */
	#shown(device: DeviceRecord, { from }: Call): Record<string, unknown> {
		const { id, rev, ...rest } = metadataOf(device);
		const showsRev = this.#deps.asksForLogins || from.isOwnHost;
		return { id, state: "ok", ...(showsRev && { rev }), ...rest };
	}
}

function senderOf({ kind }: Visitor): Sender {
	if (kind === "page") return "page";
	return kind === "nobody" ? "anyone" : "known";
}
