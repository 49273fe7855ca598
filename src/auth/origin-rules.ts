import { type HostName, hostOfAddress, isLoopback, readHost } from "./host-name.ts";

/** An Origin without a host: `null`, that of a `file:` page, and whatever cannot be read. */
export const OPAQUE_ORIGIN = "null";

/** What a request says of where it comes from. */
export interface OriginHeaders {
	/** The host it is for; undefined when it did not say. */
	readonly host: string | undefined;
	/** `Origin`; null: none. */
	readonly origin: string | null;
	/** `Sec-Fetch-Site` and `Sec-Fetch-Mode`, by which browsers tell about requests without an Origin. */
	readonly site: string | null;
	readonly mode: string | null;
}

/** Where a request comes from. */
export interface Provenance {
	/** The host name it used, or the address it arrived at. */
	readonly host: HostName;
	/** Whether it is for a name only this server can have: otherwise it may be a page's, by DNS rebinding. */
	readonly isOwnHost: boolean;
	/** The Origin of a page that is not trusted; undefined for programs and the machine's own pages. */
	readonly foreignOrigin: string | undefined;
}

export interface OriginRulesOptions {
	/** `[core] allowed-origins`. */
	readonly allowedOrigins: string;
}

export interface OriginRulesDeps {
	/** The machine's host name. */
	readonly machineName: () => string;
	/** Further names of this server: those it is bound to and those in its certificate. */
	readonly ownNames: () => readonly string[];
}

interface Allowed {
	/** Undefined: any. */
	readonly scheme: string | undefined;
	readonly host: HostName;
}

const LONGEST_ORIGIN = 300;
const ORIGIN = /^([a-z][a-z0-9+.-]*):\/\/([^/?#@\s]+)$/i;

/**
 * Tells this server's own users from web pages that happen to be open in a browser which can reach it. Any page may
 * send requests, but its browser adds the page's `Origin`; and a page whose name is suddenly an address of ours (DNS
 * rebinding) still shows that name as `Host`.
 */
export class OriginRules {
	readonly #options: OriginRulesOptions;
	readonly #deps: OriginRulesDeps;
	#allowed: { readonly text: string; readonly entries: readonly Allowed[] } = {
		text: "",
		entries: [],
	};

	constructor(options: OriginRulesOptions, deps: OriginRulesDeps) {
		this.#options = options;
		this.#deps = deps;
	}

	/**
	 * @param arrivedAt This server's address the connection was made to, as the system writes it.
	 * @returns undefined when the host is not one.
	 */
	look(headers: OriginHeaders, arrivedAt: string): Provenance | undefined {
		const { host: written, origin } = headers;
		const arrival = hostOfAddress(arrivedAt);
		const host = written === undefined ? arrival : readHost(written);
		if (host === undefined) return undefined;
		const isForeign =
			origin === null ? isFromPageElsewhere(headers) : !this.#isOwn(origin, arrival);
		return {
			host,
			isOwnHost: this.#isOwnHost(host),
			foreignOrigin: isForeign ? nameOf(origin) : undefined,
		};
	}

	#isOwnHost(host: HostName): boolean {
		if (host.isAddress || this.#isOfThisMachine(host)) return true;
		return this.#entries().some((entry) => entry.host.key === host.key);
	}

	#isOwn(origin: string, arrival: HostName | undefined): boolean {
		const [, scheme = "", rest = ""] = ORIGIN.exec(origin) ?? [];
		const host = readHost(rest);
		if (host === undefined) return false;
		const isWeb = /^https?$/i.test(scheme);
		if (isWeb && (this.#isOfThisMachine(host) || isSameAddress(host, arrival))) return true;
		return this.#entries().some(
			(entry) =>
				entry.host.key === host.key &&
				(entry.scheme === undefined ? isWeb : entry.scheme === scheme.toLowerCase()),
		);
	}

	/** Whether it is a loopback or machine name; a machine is also known by its name's first part, and as `.local`. */
	#isOfThisMachine(host: HostName): boolean {
		if (isLoopback(host)) return true;
		if (host.isAddress) return false;
		const machine = readHost(this.#deps.machineName())?.key ?? "";
		const [short = ""] = machine.split(".", 1);
		const names = short === "" ? [] : [machine, short, `${short}.local`];
		return [...names, ...this.#deps.ownNames().map((name) => readHost(name)?.key)].includes(
			host.key,
		);
	}

	#entries(): readonly Allowed[] {
		const text = this.#options.allowedOrigins;
		if (text !== this.#allowed.text) this.#allowed = { text, entries: readAllowed(text) };
		return this.#allowed.entries;
	}
}

/** Why a request for a name that is not this server's is refused. */
export function foreignHostReason({ name }: HostName): string {
	return `this server does not know the name "${name}": use its IP address or machine name, or add the name to allowed-origins in [core]`;
}

/** Why a request of a page that is not trusted is refused. */
export function foreignOriginReason(origin: string): string {
	const page = origin === OPAQUE_ORIGIN ? "a page without an origin" : `pages of ${origin}`;
	const hint =
		origin === OPAQUE_ORIGIN ? "" : "; to trust them, add the origin to allowed-origins in [core]";
	return `while logins are off, ${page} may only register devices of their own and deregister them${hint}`;
}

function readAllowed(text: string): Allowed[] {
	return text.split(/[\s,]+/).flatMap((entry) => {
		const [, scheme, rest = ""] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/i.exec(entry) ?? [];
		const host = readHost(rest);
		return host === undefined ? [] : [{ scheme: scheme?.toLowerCase(), host }];
	});
}

function isSameAddress(host: HostName, arrival: HostName | undefined): boolean {
	return host.isAddress && host.key === arrival?.key;
}

/** A request without an Origin that a page of another site makes, as for a picture; following a link is a person's. */
function isFromPageElsewhere({ site, mode }: OriginHeaders): boolean {
	return site === "cross-site" && mode !== "navigate";
}

/** An Origin as devices are stored with it. */
function nameOf(origin: string | null): string {
	if (origin === null || origin.length > LONGEST_ORIGIN) return OPAQUE_ORIGIN;
	const [, scheme = "", rest = ""] = ORIGIN.exec(origin) ?? [];
	return readHost(rest) === undefined ? OPAQUE_ORIGIN : `${scheme}://${rest}`.toLowerCase();
}
