import { isUuid } from "../kit/mod.ts";
import type { AccountsPort } from "./outcome.ts";
import type { PageLogins } from "./page-logins.ts";
import { LOCAL, type Principal } from "./principal.ts";
import { hashOf, sameHash } from "./secrets.ts";
import type { StoredDevices } from "./stored-devices.ts";

/** The hash is null when there is no secret. */
export interface DrawnSecret {
	readonly hash: string | null;
	readonly principal: Principal;
}

export interface DrawnSecretsDeps {
	readonly accounts: Pick<AccountsPort, "service">;
	/** Hash of a device's password, null when it has none, undefined for an unknown device. */
	readonly secretHashOf: (daId: string) => string | null | undefined;
	/** The same of devices that other nodes have; undefined: the server is alone. @throws StorageError */
	readonly storedHashOf?: StoredDevices["secretHashOf"] | undefined;
	readonly pages: () => Pick<PageLogins, "principal" | "stored">;
	readonly localKey: string;
}

/** Services that may run as a program of their own. */
export const SERVICES: readonly string[] = ["ccm"];

/** Secrets that were drawn at random: those of devices, pages, services and the command line on this machine. */
export class DrawnSecrets {
	readonly #deps: DrawnSecretsDeps;

	constructor(deps: DrawnSecretsDeps) {
		this.#deps = deps;
	}

	/** The one of a name. */
	of(name: string): DrawnSecret | undefined {
		const { accounts, secretHashOf, pages, localKey } = this.#deps;
		if (name === LOCAL.name) return { hash: hashOf(localKey), principal: LOCAL };
		const service = SERVICES.includes(name) ? accounts.service(name) : undefined;
		if (service !== undefined) {
			const { hash } = service;
			return { hash, principal: { kind: "service", name, stamp: hash } };
		}
		const id = name.toLowerCase();
		const page = pages().principal(id);
		if (page !== undefined) return { hash: page.stamp, principal: page };
		return ofDevice(id, secretHashOf(id));
	}

	/** The one of a name that is unknown here, if it is that of another node's device, or of a page it has drawn. @throws StorageError */
	async stored(name: string): Promise<DrawnSecret | undefined> {
		const { storedHashOf, pages } = this.#deps;
		const id = name.toLowerCase();
		// Any name may be shown, and none but these is a device's or page's.
		if (storedHashOf === undefined || !isUuid(id)) return undefined;
		const device = ofDevice(id, await storedHashOf(id));
		if (device !== undefined) return device;
		const page = await pages().stored?.(id);
		return page && { hash: page.stamp, principal: page };
	}

	/** Whether it is the password of a device. Guessing it need not be slowed. */
	isOfDevice(id: string, password: string): boolean {
		const hash = this.#deps.secretHashOf(id);
		return typeof hash === "string" && sameHash(hashOf(password), hash);
	}
}

function ofDevice(id: string, hash: string | null | undefined): DrawnSecret | undefined {
	if (hash === undefined) return undefined;
	return { hash, principal: { kind: "device", id, stamp: hash ?? "" } };
}
