import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { sameHash } from "../auth/mod.ts";
import { type BadCall, type Call, callPassed, type PassedCall } from "./call.ts";
import type { Incoming } from "./http-listener.ts";

export interface PassedCallsDeps {
	/** What all nodes have in common; undefined: it is not known yet. */
	readonly secret: () => string | undefined;
	/** Seconds by a clock of all nodes; undefined: it is not known yet. */
	readonly now: () => number | undefined;
}

/** Says who was let in. */
export const LET_IN = "x-iotctl-let-in";

/** How far clocks may be apart, with the time a request takes, in seconds. */
const VALID_SECONDS = 30;
/** Of the time in which each counts once. */
const MAX_SEEN = 100_000;

const LATE = { problem: "it was passed on too late: try again", status: 503 } as const;

const Said = Type.Object({
	at: Type.Number(),
	nonce: Type.String({ maxLength: 36 }),
	method: Type.String(),
	target: Type.String(),
	account: Type.Union([
		Type.Object({
			id: Type.Integer(),
			name: Type.String(),
			role: Type.Union([Type.Literal("admin"), Type.Literal("teacher"), Type.Literal("student")]),
		}),
		Type.Null(),
	]),
	remoteAddress: Type.String(),
	from: Type.Object({
		host: Type.Object({ name: Type.String(), key: Type.String(), isAddress: Type.Boolean() }),
		isOwnHost: Type.Boolean(),
		foreignOrigin: Type.Optional(Type.String()),
	}),
	listener: Type.Object({ isEncrypted: Type.Boolean(), port: Type.Integer() }),
	base: Type.String(),
	prefix: Type.String(),
});

/**
 * What nodes of a cluster tell each other of requests that they pass on: where they came from, and who was let in. It is
 * signed with a secret of all nodes, counts once and for half a minute, and for no other method or path.
 */
export class PassedCalls {
	readonly #deps: PassedCallsDeps;
	/** Until when each that was used is remembered. */
	readonly #seen = new Map<string, number>();

	constructor(deps: PassedCallsDeps) {
		this.#deps = deps;
	}

	/**
	 * The header field that says it; undefined: not at the moment.
	 * @param target Path of the request, with what follows `?`.
	 */
	say(call: Call, account: PassedCall["account"], target: string): string | undefined {
		const { secret, now } = this.#deps;
		const [key, at] = [secret(), now()];
		if (key === undefined || at === undefined) return undefined;
		const { request, remoteAddress, from, listener, base, prefix } = call;
		const { isEncrypted, port } = listener;
		const said: Static<typeof Said> = {
			...{ at, nonce: crypto.randomUUID(), method: request.method, target, account },
			from: { host: from.host, isOwnHost: from.isOwnHost, ...foreign(from.foreignOrigin) },
			...{ remoteAddress, listener: { isEncrypted, port }, base, prefix },
		};
		const text = Buffer.from(JSON.stringify(said)).toString("base64url");
		return `${text}.${signed(key, text)}`;
	}

	/**
	 * The request that another node passes on; undefined: no node does, and what a client says of that kind counts for
	 * nothing.
	 * @returns what was wrong with one that came too late, or a second time.
	 */
	read(incoming: Incoming): Call | BadCall | undefined {
		const shown = fieldIn(incoming.headers);
		if (shown === undefined) return undefined;
		const { secret, now } = this.#deps;
		const [key, at] = [secret(), now()];
		const [text = "", signature = ""] = shown.split(".", 2);
		if (key === undefined || at === undefined || !sameHash(signature, signed(key, text))) {
			return undefined;
		}
		const said = parsed(text);
		if (said?.method !== incoming.method || said.target !== incoming.target) return undefined;
		if (Math.abs(at - said.at) > VALID_SECONDS || !this.#isFirst(said.nonce, at)) return LATE;
		const { host, isOwnHost, foreignOrigin } = said.from;
		const { account, remoteAddress, listener, base, prefix } = said;
		const from = { host, isOwnHost, foreignOrigin };
		return callPassed(incoming, { account, remoteAddress, from, listener, base, prefix });
	}

	#isFirst(nonce: string, at: number): boolean {
		for (const [old, until] of this.#seen) {
			if (until > at) break;
			this.#seen.delete(old);
		}
		if (this.#seen.has(nonce) || this.#seen.size >= MAX_SEEN) return false;
		// By either clock it does not count any more by then.
		this.#seen.set(nonce, at + 2 * VALID_SECONDS);
		return true;
	}
}

function foreign(foreignOrigin: string | undefined): { foreignOrigin?: string } {
	return foreignOrigin === undefined ? {} : { foreignOrigin };
}

function signed(secret: string, text: string): string {
	return new Bun.CryptoHasher("sha256", secret).update(text).digest("base64url");
}

function fieldIn(headers: readonly string[]): string | undefined {
	for (let n = 0; n < headers.length; n += 2) {
		if (headers[n]?.toLowerCase() === LET_IN) return headers[n + 1];
	}
	return undefined;
}

function parsed(text: string): Static<typeof Said> | undefined {
	try {
		const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString());
		return Value.Check(Said, value) ? value : undefined;
	} catch {
		return undefined;
	}
}
