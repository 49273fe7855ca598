import { BlockList, isIP } from "node:net";
import {
	type Auth,
	foreignHostReason,
	foreignOriginReason,
	OPAQUE_ORIGIN,
	type OriginRules,
	type Outcome,
	type Provenance,
} from "../../auth/mod.ts";
import type { Network } from "../../config/mod.ts";
import { AccessError, basicOf, bearerOf, type Visitor } from "../../http/mod.ts";
import { needRegistrar } from "../http/device-rights.ts";
import type { DeviceRecord } from "../store/devices.ts";
import { OldError } from "./profile.ts";

/** What a request says of who sends it. */
export interface Sender {
	readonly method: string;
	readonly headers: ReadonlyMap<string, string>;
	readonly remoteAddress: string;
	readonly localAddress: string;
	/** A registration token that stood in the path. */
	readonly token: string | undefined;
}

export interface RightsDeps {
	readonly auth: Pick<Auth, "isOn" | "login" | "deviceLogin" | "token" | "isLocalKey">;
	readonly origins: OriginRules;
	/** Networks whose devices need nothing. */
	readonly openNetworks: readonly Network[];
}

/** User names that stand for what is sent as a password. */
const TOKEN_USER = "token";
const KEY_USER = "password-key";
const NO_KEY = "password-key should be in header";
const WRONG_KEY = "password-key error";

/** Decides who may register and who may use a device (`v1-http.md §7`, 10). */
export class Rights {
	readonly #deps: RightsDeps;
	readonly #open = new BlockList();

	constructor(deps: RightsDeps) {
		this.#deps = deps;
		for (const { address, bits, family } of deps.openNetworks) {
			this.#open.addSubnet(address, bits, family);
		}
	}

	/** Whether logins are asked for. */
	get areOn(): boolean {
		return this.#deps.auth.isOn;
	}

	/**
	 * Who registers a device.
	 * @param known Under that id.
	 * @throws OldError when that is not allowed.
	 */
	async registrar(sender: Sender, id: string, known: DeviceRecord | undefined): Promise<Visitor> {
		const visitor = await this.#visitor(sender, id);
		this.checkRegistrar(sender, visitor, id, known);
		return visitor;
	}

	/** The same once more, for a device that may have been registered meanwhile. @throws OldError */
	checkRegistrar(
		sender: Sender,
		visitor: Visitor,
		id: string,
		known: DeviceRecord | undefined,
	): void {
		if (visitor.kind === "anonymous" && this.#isOpenTo(sender, known)) return;
		// Registered while logins were off: any token may take it over, as it may register a new one.
		if (visitor.kind === "token" && known?.token === null && known.origin === null) return;
		try {
			needRegistrar(visitor, id, known);
		} catch (error) {
			if (!(error instanceof AccessError)) throw error;
			const words =
				error.status === 401
					? "a registration token is needed: its address is http://HOST:PORT/token/TOKEN"
					: error.message;
			throw new OldError(error.status, words);
		}
	}

	/** @throws OldError unless the sender may use a device. */
	async needUser(sender: Sender, { id, token, origin }: DeviceRecord): Promise<void> {
		const key = keyOf(sender.headers);
		if (!this.areOn) {
			const stranger = this.#stranger(sender);
			if (stranger === undefined) return;
			if (key === undefined) throw new OldError(403, stranger.reason);
		}
		if (key !== undefined) {
			const outcome = this.#deps.auth.deviceLogin(id, key, sender.remoteAddress);
			if (outcome.kind === "device") return;
			// The token of its address may be right anyway.
			if (outcome.kind === "slow" || sender.token === undefined) throw refused(outcome);
		}
		const visitor = await this.#visitor(sender, id);
		if (visitor.kind === "admin") return;
		if (visitor.kind === "device" && visitor.id === id) return;
		if (visitor.kind === "token") {
			if (visitor.token === token) return;
			throw new OldError(401, WRONG_KEY);
		}
		const isOpen = token === null && origin === null && this.#isFromOpenNetwork(sender);
		if (!isOpen) throw new OldError(401, NO_KEY);
	}

	/**
	 * Which devices a sender is told of.
	 * @throws OldError when a page asks that is not trusted, or what was shown is wrong.
	 */
	async seen(sender: Sender): Promise<(device: DeviceRecord) => boolean> {
		if (!this.areOn) {
			const stranger = this.#stranger(sender);
			if (stranger !== undefined) throw new OldError(403, stranger.reason);
			return () => true;
		}
		const visitor = await this.#visitor(sender, "");
		if (visitor.kind === "admin") return () => true;
		if (visitor.kind === "token") return ({ token }) => token === visitor.token;
		if (this.#isFromOpenNetwork(sender)) return ({ token }) => token === null;
		throw new OldError(401, NO_KEY);
	}

	/** @param id The device the request is about; its key is accepted. */
	async #visitor(sender: Sender, id: string): Promise<Visitor> {
		const { auth } = this.#deps;
		const { headers, remoteAddress: address } = sender;
		const key = keyOf(headers);
		if (!auth.isOn) return this.#withoutLogins(sender, id, key);
		const authorization = headers.get("authorization") ?? null;
		const basic = basicOf(authorization);
		const token =
			sender.token ??
			(basic?.[0] === TOKEN_USER ? basic[1] : undefined) ??
			(bearerOf(authorization) || undefined);
		if (token !== undefined) {
			const outcome = await auth.token(token, address);
			if ("token" in outcome) return { kind: "token", token: outcome.token };
			throw refused(outcome, "this registration token is unknown, or has expired");
		}
		if (key !== undefined && id !== "") {
			const outcome = auth.deviceLogin(id, key, address);
			if (outcome.kind === "device") return outcome;
			// Of a device that was forgotten; whether it may come back, something else decides.
			if (outcome.kind === "slow") throw refused(outcome);
			return { kind: "anonymous" };
		}
		if (basic === undefined) return { kind: "anonymous" };
		const outcome = await auth.login(...basic, address);
		if (outcome.kind === "admin" || outcome.kind === "device") return outcome;
		throw refused(outcome);
	}

	#withoutLogins(sender: Sender, id: string, key: string | undefined): Visitor {
		const stranger = this.#stranger(sender);
		if (stranger === undefined) return { kind: "admin", name: "anyone", stamp: "" };
		const { origin } = stranger;
		if (key === undefined) return { kind: "page", origin, id: undefined };
		const outcome = this.#deps.auth.deviceLogin(id, key, sender.remoteAddress);
		if (outcome.kind === "slow") throw refused(outcome);
		return { kind: "page", origin, id: outcome.kind === "device" ? outcome.id : undefined };
	}

	/** The page that asks, if it is none of ours; a browser leaves its origin out only where it reads. */
	#stranger(sender: Sender): { origin: string; reason: string } | undefined {
		const { foreignOrigin, isOwnHost, host } = this.#from(sender);
		if (foreignOrigin !== undefined) {
			return { origin: foreignOrigin, reason: foreignOriginReason(foreignOrigin) };
		}
		const mayBePage = sender.method === "GET" || sender.method === "HEAD";
		// A name without a dot is not on the Internet: it leads no page here.
		if (isOwnHost || !mayBePage || !host.key.includes(".")) return undefined;
		return { origin: OPAQUE_ORIGIN, reason: foreignHostReason(host) };
	}

	/** @throws OldError */
	#from({ headers, localAddress }: Sender): Provenance {
		const origin = headers.get("origin");
		const from = this.#deps.origins.look(
			{
				host: headers.get("host") || undefined,
				origin: origin === "" ? OPAQUE_ORIGIN : (origin ?? null),
				site: headers.get("sec-fetch-site") ?? null,
				mode: headers.get("sec-fetch-mode") ?? null,
			},
			localAddress,
		);
		if (from !== undefined) return from;
		throw new OldError(400, "the Host is not a host name or address with an optional port");
	}

	/** A device that a token registered is not for a network. */
	#isOpenTo(sender: Sender, known: DeviceRecord | undefined): boolean {
		const isFree = known === undefined || (known.token === null && known.origin === null);
		return isFree && this.#isFromOpenNetwork(sender);
	}

	#isFromOpenNetwork({ remoteAddress }: Sender): boolean {
		const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(remoteAddress)?.[1];
		const [address = ""] = (mapped ?? remoteAddress).split("%", 1);
		if (isIP(address) === 0) return false;
		return this.#open.check(address, isIP(address) === 4 ? "ipv4" : "ipv6");
	}
}

/** The key a device was given, as a header field of its own or as a password. */
function keyOf(headers: ReadonlyMap<string, string>): string | undefined {
	const key = headers.get("password-key");
	if (key !== undefined && key !== "") return key;
	const basic = basicOf(headers.get("authorization") ?? null);
	return basic?.[0] === KEY_USER ? basic[1] : undefined;
}

function refused(outcome: Outcome, words = WRONG_KEY): OldError {
	if (outcome.kind !== "slow") return new OldError(401, words);
	const seconds = Math.ceil(outcome.waitMs / 1000);
	const text = `too many failed logins: wait ${seconds} s`;
	return new OldError(429, text, { "Retry-After": String(seconds) });
}
