import type { AccountsPort } from "./outcome.ts";
import type { PageLogins } from "./page-logins.ts";
import { LOCAL, type Principal } from "./principal.ts";
import { hashOf, sameHash } from "./secrets.ts";

/** The hash is null when there is no secret. */
export interface DrawnSecret {
	readonly hash: string | null;
	readonly principal: Principal;
}

export interface DrawnSecretsDeps {
	readonly accounts: Pick<AccountsPort, "service">;
	/** Hash of a device's password, null when it has none, undefined for an unknown device. */
	readonly secretHashOf: (daId: string) => string | null | undefined;
	readonly pages: () => Pick<PageLogins, "principal">;
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
		const hash = secretHashOf(id);
		if (hash === undefined) return undefined;
		return { hash, principal: { kind: "device", id, stamp: hash ?? "" } };
	}

	/** Whether it is the password of a device. Guessing it need not be slowed. */
	isOfDevice(id: string, password: string): boolean {
		const hash = this.#deps.secretHashOf(id);
		return typeof hash === "string" && sameHash(hashOf(password), hash);
	}
}
