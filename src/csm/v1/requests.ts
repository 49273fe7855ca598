import { InputError, StorageError } from "../../kit/mod.ts";
import { FROM_DEVICE, TO_DEVICE } from "./control-channel.ts";
import { fieldText } from "./data-text.ts";
import { daIdOf } from "./identity.ts";
import type { Found, OldDevices } from "./old-devices.ts";
import type { Place } from "./paths.ts";
import { checkIn, type OldBody, OldError, readBody, readProfile, shownProfile } from "./profile.ts";
import { DONE, jsonReply, jsonText, type OldReply } from "./replies.ts";
import type { Rights, Sender } from "./rights.ts";
import { type Samples, samplesText } from "./samples.ts";

export interface OldRequestsDeps {
	readonly devices: OldDevices;
	readonly samples: Samples;
	readonly rights: Rights;
}

type FeaturePlace = Extract<Place, { kind: "feature" }>;
type AliasPlace = Extract<Place, { kind: "get-alias" | "set-alias" }>;

const NOT_MOUNTED = "Error: Device may be not existed or not mounted.";
/** What every device has besides its features. */
const PROFILE = "profile";
const PASSWORD = "password";

/** Carries out what devices ask (`v1-http.md §2`): each check and its words are the original's, in its order. */
export class OldRequests {
	readonly #deps: OldRequestsDeps;

	constructor(deps: OldRequestsDeps) {
		this.#deps = deps;
	}

	async register(mac: string, bytes: Uint8Array, sender: Sender): Promise<OldReply> {
		const { rights, devices } = this.#deps;
		const id = daIdOf(mac);
		const visitor = await rights.registrar(sender, id, devices.find(mac)?.record);
		const profile = readProfile(readBody(bytes));
		const password = crypto.randomUUID();
		try {
			const { name } = await devices.register(mac, profile, password, (known) => {
				// Another client may have registered it meanwhile.
				rights.checkRegistrar(sender, visitor, id, known);
				return {
					token: visitor.kind === "token" ? visitor.token : (known?.token ?? null),
					origin: visitor.kind === "page" ? visitor.origin : null,
				};
			});
			return jsonReply({ d_name: name, password });
		} catch (error) {
			throw wordsFor(error);
		}
	}

	async deregister(mac: string, sender: Sender): Promise<OldReply> {
		const { record } = this.#find(mac);
		await this.#deps.rights.needUser(sender, record);
		try {
			await this.#deps.devices.deregister(record);
		} catch (error) {
			throw wordsFor(error);
		}
		return DONE;
	}

	/** Data from a device, or for it. */
	async push({ mac, feature }: FeaturePlace, bytes: Uint8Array, sender: Sender): Promise<OldReply> {
		if (feature === PROFILE || feature === PASSWORD) {
			throw new OldError(400, `${feature} cannot be modified`);
		}
		const body = readBody(bytes);
		const values = dataIn(body);
		const found = this.#feature(mac, feature);
		await this.#deps.rights.needUser(sender, found.record);
		found.device.seen();
		this.#deps.devices.learn(found, feature, "input");
		await found.device.push(feature, fieldText(body.text, "data") ?? "[]", values);
		return DONE;
	}

	/** The newest samples, the profile, or the first characters of the password. */
	async pull({ mac, feature }: FeaturePlace, sender: Sender): Promise<OldReply> {
		const isOwn = feature === PROFILE || feature === PASSWORD;
		const found = isOwn ? this.#find(mac) : this.#feature(mac, feature);
		const { record, device } = found;
		await this.#deps.rights.needUser(sender, record);
		device.seen();
		if (feature === PROFILE) return jsonReply({ samples: shownProfile(record) });
		if (feature === PASSWORD) return jsonReply({ samples: checkIn(record.profile) });
		this.#deps.devices.learn(found, feature, "output");
		const samples = this.#deps.samples.of(record.id, feature);
		device.polled(feature);
		return jsonText(samplesText(samples));
	}

	async tree(sender: Sender): Promise<OldReply> {
		const isSeen = await this.#deps.rights.seen(sender);
		const entries = this.#deps.devices
			.list()
			.filter(({ record }) => isSeen(record))
			.map(({ mac, device }) => [
				mac,
				[PASSWORD, PROFILE, ...device.features, FROM_DEVICE, TO_DEVICE],
			]);
		return jsonReply(Object.fromEntries(entries));
	}

	async alias(place: AliasPlace, sender: Sender): Promise<OldReply> {
		const { devices, rights } = this.#deps;
		const { mac, feature } = place;
		const found = devices.find(mac);
		if (found?.device.has(feature) !== true) throw new OldError(400, NOT_MOUNTED);
		await rights.needUser(sender, found.record);
		found.device.seen();
		if (place.kind === "get-alias") {
			return jsonReply({ alias_name: [await devices.aliasOf(found, feature)] });
		}
		if (place.name === "") throw new OldError(400, "the name is missing: add ?name=NAME");
		return jsonReply({ alias_name: await devices.setAlias(found, feature, place.name) });
	}

	/** @throws OldError */
	#find(mac: string): Found {
		const found = this.#deps.devices.find(mac);
		// Clients look for these words, and register again.
		if (found === undefined) throw new OldError(400, `mac_addr not found: ${mac}`);
		return found;
	}

	/** @throws OldError */
	#feature(mac: string, feature: string): Found {
		const found = this.#find(mac);
		if (!found.device.has(feature)) throw new OldError(400, `df_name not found: ${feature}`);
		return found;
	}
}

/** @throws OldError */
function dataIn({ fields }: OldBody): readonly unknown[] {
	const { data } = fields;
	if (data === undefined) throw new OldError(400, "data is not given");
	if (!Array.isArray(data)) throw new OldError(400, "data should be an array");
	return data;
}

function wordsFor(error: unknown): unknown {
	if (error instanceof InputError) return new OldError(400, error.message);
	if (error instanceof StorageError) return new OldError(503, error.message);
	return error;
}
