import { type Clock, messageOf } from "../kit/mod.ts";

/** Until another server begins to answer, and until a short answer of it has come. */
const ANSWER_MS = 30_000;

/** The other server took too long. */
export class Late extends Error {
	override readonly name = "Late";
}

/** No other server has answered. */
export class Unanswered extends Error {
	override readonly name = "Unanswered";

	constructor(
		readonly status: 502 | 503 | 504,
		reason: string,
	) {
		super(reason);
	}

	/** Header fields that come with the answer. */
	get fields(): Readonly<Record<string, string>> {
		return this.status === 503 ? LATER : {};
	}
}

/** By then another server may answer. */
const LATER = { "retry-after": "5" };

/** Asks another server, or reads its answer; breaks that off after half a minute. @throws Late then. */
export async function inTime<T>(
	clock: Clock,
	abort: AbortController,
	work: () => Promise<T>,
): Promise<T> {
	const cancel = clock.after(ANSWER_MS, () => abort.abort(new Late()));
	try {
		return await work();
	} finally {
		cancel();
	}
}

/** An error as CCM says it: no page of another origin may read it. @param fields Header fields that come with it. */
export function refusal(
	status: number,
	reason: string,
	fields: Readonly<Record<string, string>> = {},
): Response {
	const headers = {
		"cache-control": "no-store",
		"content-type": "application/json",
		"x-content-type-options": "nosniff",
		...(status === 503 && LATER),
		...fields,
	};
	return new Response(JSON.stringify({ state: "error", reason }), { status, headers });
}

/** In words, where the runtime has a code for it. @param setting Where a certificate's authority is named; empty: nowhere. */
export function whyOf(error: unknown, setting = " (ccm-ca in [gui])"): string {
	const code = error instanceof Error && "code" in error ? String(error.code) : "";
	const known: Readonly<Record<string, string>> = {
		ConnectionRefused: "connection refused",
		ConnectionClosed: "connection closed",
		ECONNREFUSED: "connection refused",
		ECONNRESET: "connection closed",
		ENOTFOUND: "unknown host",
		FailedToOpenSocket: "no connection",
		DEPTH_ZERO_SELF_SIGNED_CERT: `its certificate is not trusted${setting}`,
		SELF_SIGNED_CERT_IN_CHAIN: `its certificate is not trusted${setting}`,
		UNABLE_TO_VERIFY_LEAF_SIGNATURE: `its certificate is not trusted${setting}`,
		UNABLE_TO_GET_ISSUER_CERT_LOCALLY: `its certificate is not trusted${setting}`,
		ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host",
	};
	return known[code] ?? messageOf(error);
}
