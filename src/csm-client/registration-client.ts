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
const RegisteredForHttp = Type.Object({ rev: Type.String(), password: Type.String() });
const Refused = Type.Object({ reason: Type.String() });
/** Other clients may register a device again between two requests, but not for ever. */
const MAX_TRIES = 10;
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
	async register(id: string, registration: DeviceRegistration): Promise<string> {
		const { reply } = await this.#send("PUT", id, bodyOf("mqtt", registration));
		if (Value.Check(Registered, reply)) return reply.rev;
		throw new RegistrationError("the answer to a registration has no rev");
	}

	/**
	 * Registers a device that sends and receives over HTTP (`csm.md §3.4`), or registers it again.
	 * @param id UUID.
	 * @returns also its password, which is another one each time.
	 * @throws as {@link register}.
	 */
	async registerForHttp(
		id: string,
		registration: DeviceRegistration,
	): Promise<{ readonly rev: string; readonly password: string }> {
		const { reply } = await this.#send("PUT", id, bodyOf("http", registration));
		if (!Value.Check(RegisteredForHttp, reply)) {
			throw new RegistrationError("the answer to a registration has no rev and password");
		}
		const { rev, password } = reply;
		return { rev, password };
	}

	/**
	 * Deregisters a device; one that is not registered is as good as deregistered.
	 * @throws RegistrationError when the rev is not the current one; the error of `fetch` when CSM cannot be reached.
	 */
	async deregister(id: string, rev: string): Promise<void> {
		await this.#send("DELETE", id, { rev }, [404]);
	}

	/**
	 * Deregisters a device whatever its rev, which CSM shows to administrators; one that is not registered is as good as
	 * deregistered.
	 * @throws RegistrationError when CSM refuses it; the error of `fetch` when CSM cannot be reached.
	 */
	async remove(id: string): Promise<void> {
		for (let tries = 0; tries < MAX_TRIES; tries++) {
			const { status, reply } = await this.#send("GET", id, undefined, [404]);
			if (status === 404) return;
			if (!Value.Check(Registered, reply)) {
				throw new RegistrationError("CSM does not show the rev of a device");
			}
			const done = await this.#send("DELETE", id, { rev: reply.rev }, [400, 404]);
			if (done.status !== 400) return;
		}
		throw new RegistrationError("the device is registered again and again");
	}

	/** @param fine Further statuses that are an answer. */
	async #send(
		method: string,
		id: string,
		body: object | undefined,
		fine: readonly number[] = [],
	): Promise<{ readonly status: number; readonly reply: unknown }> {
		const { base, authorization, trustsAny = false, timeoutMs = TIMEOUT_MS } = this.#options;
		const response = await fetch(`${base()}/${id}`, {
			method,
			headers: {
				...(body !== undefined && { "content-type": "application/json" }),
				...(authorization !== undefined && { authorization }),
			},
			...(body !== undefined && { body: JSON.stringify(body) }),
			signal: AbortSignal.timeout(timeoutMs),
			...(trustsAny && { tls: { rejectUnauthorized: false } }),
		});
		const text = await response.text();
		const reply = parsed(text);
		const { status, ok } = response;
		if (ok || fine.includes(status)) return { status, reply };
		const reason = Value.Check(Refused, reply) ? reply.reason : text;
		throw new RegistrationError(`CSM answers ${status}: ${reason.slice(0, MAX_REASON)}`);
	}
}

function bodyOf(protocol: "mqtt" | "http", { name, idfs, odfs, profile }: DeviceRegistration) {
	const listed = (features: readonly ListedFeature[]) => (features.length === 0 ? null : features);
	const lists = { idf_list: listed(idfs), odf_list: listed(odfs) };
	return { accept_protos: [protocol], name, ...lists, profile };
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
