import { hashOf, newSecret } from "../../auth/mod.ts";
import {
	downlinkOf,
	type Registration,
	readRegistrationChanges,
	speaksHttp,
	speaksMqtt,
	uplinkOf,
} from "../../contract/mod.ts";
import { type Call, json, type RouteContext, reject } from "../../http/mod.ts";
import type { Devices } from "../devices/devices.ts";
import { metadataOf } from "../devices/metadata.ts";
import { addressesOf } from "../http-devices/addresses.ts";
import type { DeviceRecord } from "../store/devices.ts";
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

export interface DeviceRequestsDeps {
	readonly devices: Devices;
	readonly brokerAddress: () => BrokerAddress;
	readonly asksForLogins: boolean;
	/** Whether devices log in at the broker with what PUT answers: it is ours, or asks us. */
	readonly brokerKnowsLogins: boolean;
	/** What a device speaks may have changed. */
	readonly followProtocols: (id: string) => void;
}

/** Carries out what is asked of `/<uuid>` (`csm.md §2`). Failures are AccessError, InputError and StorageError. */
export class DeviceRequests {
	readonly #deps: DeviceRequestsDeps;

	constructor(deps: DeviceRequestsDeps) {
		this.#deps = deps;
	}

	/** The device a request is about, if it is registered. */
	deviceOf({ params }: RouteContext): DeviceRecord | undefined {
		return this.#deps.devices.get(idOf(params));
	}

	show(context: RouteContext): Response {
		const id = idOf(context.params);
		const device = this.#deps.devices.get(id);
		return device === undefined ? unknown(id) : json(200, this.#shown(device, context.call));
	}

	async register(
		{ params, visitor, call }: RouteContext,
		registration: Registration,
	): Promise<Response> {
		const id = idOf(params);
		const { asksForLogins, brokerKnowsLogins } = this.#deps;
		const isOverHttp = speaksHttp(registration.acceptProtos);
		const givesLogin =
			isOverHttp || (brokerKnowsLogins && (asksForLogins || visitor.kind === "page"));
		const password = givesLogin ? newSecret() : undefined;
		const device = await this.#deps.devices.register(id, registration, (known) => {
			// Another client may have registered it while the body was arriving.
			needRegistrar(visitor, id, known);
			return {
				secretHash: password === undefined ? null : hashOf(password),
				token: visitor.kind === "token" ? visitor.token : (known?.token ?? null),
				origin: visitor.kind === "page" ? visitor.origin : null,
			};
		});
		this.#deps.followProtocols(id);
		const { rev, name } = device;
		const login = password === undefined ? {} : { username: id, password };
		const channels = speaksMqtt(device.acceptProtos)
			? { url: this.#urlFor(call), ctrl_chans: [uplinkOf(id), downlinkOf(id)] }
			: {};
		const web = isOverHttp ? addressesOf(call.base, id) : {};
		return json(200, { id, state: "ok", rev, name, ...channels, ...web, ...login });
	}

	/** @param body Fields of PUT; an unknown device comes before what is wrong with them. */
	async change(
		{ params, call }: RouteContext,
		body: Readonly<Record<string, unknown>>,
	): Promise<Response> {
		const id = idOf(params);
		if (this.#deps.devices.get(id) === undefined) return unknown(id);
		const device = await this.#deps.devices.change(id, readRegistrationChanges(body));
		this.#deps.followProtocols(id);
		return device === undefined ? unknown(id) : json(200, this.#shown(device, call));
	}

	/** @param rev As it was sent: the contract has words of its own for one that is missing. */
	async deregister({ params, visitor }: RouteContext, rev: unknown): Promise<Response> {
		const id = idOf(params);
		const device = this.#deps.devices.get(id);
		// SDKs send nothing but the rev, which only the device itself and admins have been told.
		if (device === undefined || rev !== device.rev) needOwner(visitor, id, device);
		switch (await this.#deps.devices.deregister(id, rev)) {
			case "done":
				return json(200, { id, state: "ok" });
			case "unknown":
				return unknown(id);
			case "stale":
				return reject(400, "revision out-of-date or unknown", id);
		}
	}

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

function idOf({ id = "" }: RouteContext["params"]): string {
	return id;
}

function unknown(id: string): Response {
	return reject(404, "id not found", id);
}
