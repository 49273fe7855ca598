import { Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";

/** A feature as registrations list it: its name, and a unit for each of its values. */
export type ListedFeature = readonly [name: string, units: readonly (string | null)[]];

/** What a device registers with (`csm.md §2.2`). */
export interface DeviceRegistration {
	readonly name: string;
	readonly idfs: readonly ListedFeature[];
	readonly odfs: readonly ListedFeature[];
	readonly profile: Readonly<Record<string, unknown>>;
}

export interface RegistrationClientOptions {
	/** Base address of CSM's HTTP API; asked for each time, since a port may be known late. */
	readonly base: () => string;
	/** `Authorization` where CSM asks for logins; undefined: none. */
	readonly authorization?: string | undefined;
	/** Whether its certificate need not be known: CSM is this very process. */
	readonly trustsAny?: boolean;
	readonly timeoutMs?: number;
}

const TIMEOUT_MS = 5000;
const Registered = Type.Object({ rev: Type.String() });
const Refused = Type.Object({ reason: Type.String() });
/** Longest reason that is told of an answer that is not CSM's. */
const MAX_REASON = 200;

/** CSM refused a registration, or what answered is not a CSM; its operator, or the one who registered, can correct it. */
export class RegistrationError extends Error {
	override readonly name = "RegistrationError";
}

/** Registers devices at any CSM over HTTP (`csm.md §2`). */
export class RegistrationClient {
	readonly #options: RegistrationClientOptions;

	constructor(options: RegistrationClientOptions) {
		this.#options = options;
	}

	/**
	 * Registers a device, or registers it again.
	 * @param id UUID.
	 * @returns its rev, which its presence and its end quote.
	 * @throws RegistrationError when CSM refuses it; the error of `fetch` when CSM cannot be reached.
	 */
	async register(id: string, { name, idfs, odfs, profile }: DeviceRegistration): Promise<string> {
		const listed = (features: readonly ListedFeature[]) =>
			features.length === 0 ? null : features;
		const lists = { idf_list: listed(idfs), odf_list: listed(odfs) };
		const reply = await this.#send("PUT", id, { accept_protos: ["mqtt"], name, ...lists, profile });
		if (Value.Check(Registered, reply)) return reply.rev;
		throw new RegistrationError("the answer to a registration has no rev");
	}

	/**
	 * Deregisters a device; one that is not registered is as good as deregistered.
	 * @throws RegistrationError when the rev is not the current one; the error of `fetch` when CSM cannot be reached.
	 */
	async deregister(id: string, rev: string): Promise<void> {
		await this.#send("DELETE", id, { rev }, 404);
	}

	async #send(method: string, id: string, body: object, fine?: number): Promise<unknown> {
		const { base, authorization, trustsAny = false, timeoutMs = TIMEOUT_MS } = this.#options;
		const response = await fetch(`${base()}/${id}`, {
			method,
			headers: {
				"content-type": "application/json",
				...(authorization !== undefined && { authorization }),
			},
			body: JSON.stringify(body),
			signal: AbortSignal.timeout(timeoutMs),
			...(trustsAny && { tls: { rejectUnauthorized: false } }),
		});
		const text = await response.text();
		const reply = parsed(text);
		if (response.ok || response.status === fine) return reply;
		const reason = Value.Check(Refused, reply) ? reply.reason : text;
		throw new RegistrationError(`CSM answers ${response.status}: ${reason.slice(0, MAX_REASON)}`);
	}
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
