import { networkInterfaces } from "node:os";
import { hostOfAddress, readHost } from "./host-name.ts";
import { foreignHostReason, type OriginRules } from "./origin-rules.ts";

export interface WebsocketGateOptions {
	readonly origins: OriginRules;
	/** Whether logins are off: otherwise every client needs one, and nothing else counts. */
	readonly isOpen: boolean;
	/** Address the listener is bound to. */
	readonly bind: string;
}

/** The decision on a WebSocket: refused with a reason, or opened, for a page only with a device's login. */
interface Verdict {
	readonly refusal: string | undefined;
	readonly isForeignPage: boolean;
}

const OPEN: Verdict = { refusal: undefined, isForeignPage: false };

/** Decides which WebSockets may be opened while logins are off: browsers open them for any page. */
export function websocketGate({ origins, isOpen, bind }: WebsocketGateOptions) {
	return ({ headers }: { readonly headers: Headers }): Verdict => {
		if (!isOpen) return OPEN;
		const host = headers.get("host") || undefined;
		const from = origins.look(
			{ host, origin: headers.get("origin"), site: null, mode: null },
			arrivalOf(bind, host),
		);
		if (from === undefined) return refused("the Host is not a host name or address");
		if (from.foreignOrigin !== undefined) return { refusal: undefined, isForeignPage: true };
		return from.isOwnHost ? OPEN : refused(foreignHostReason(from.host));
	};
}

function refused(refusal: string): Verdict {
	return { refusal, isForeignPage: false };
}

/**
 * This machine's address a WebSocket was opened to. Bun does not say; but browsers write it into `Host`, and where
 * that holds an address of this machine they have reached it there.
 */
function arrivalOf(bind: string, host: string | undefined): string {
	if (bind !== "0.0.0.0" && bind !== "::") return bind;
	const named = host === undefined ? undefined : readHost(host);
	if (named?.isAddress !== true) return "";
	const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
	return own.some(({ address }) => hostOfAddress(address)?.key === named.key) ? named.key : "";
}
