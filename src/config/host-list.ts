import { isIP, isIPv6 } from "node:net";

/** Where a server may be. */
export interface HostPort {
	/** Name or address, IPv6 without brackets. */
	readonly host: string;
	readonly port: number;
}

const MAX_HOSTS = 16;
const NAME =
	/^[a-zA-Z0-9_]([a-zA-Z0-9_-]*[a-zA-Z0-9_])?(\.[a-zA-Z0-9_]([a-zA-Z0-9_-]*[a-zA-Z0-9_])?)*\.?$/;
const ENTRY = /^(\[[^\]]*\]|[^:]+)(?:(:)([^:]*))?$/s;
/** What looks like an IPv4 address is one, or a mistake. */
const NUMBERS = /^[\d.]+$/;

/**
 * Reads a list of hosts: `host`, `host:port`, an IPv6 address without a port, or in brackets, with or
 * without one; several with commas between.
 * @param port Where an entry names none.
 * @returns the addresses in order, or what is wrong with the first bad entry, in words.
 */
export function readHostList(text: string, port: number): HostPort[] | string {
	if (text.trim() === "") return [];
	const entries = text.split(",").map((entry) => entry.trim());
	if (entries.length > MAX_HOSTS)
		return `has ${entries.length} entries; at most ${MAX_HOSTS} are accepted`;
	const addresses: HostPort[] = [];
	for (const entry of entries) {
		const address = readAddress(entry, port);
		if (typeof address === "string") return address;
		addresses.push(address);
	}
	return addresses;
}

/** An IPv6 address without the brackets it has in URLs. */
export function withoutBrackets(host: string): string {
	const inside = /^\[(.*)\]$/.exec(host)?.[1];
	return inside !== undefined && isIPv6(inside) ? inside : host;
}

function readAddress(entry: string, fallback: number): HostPort | string {
	if (entry === "")
		return "has an empty entry: write host or host:port, separated by single commas";
	if (entry.includes("://")) {
		return `contains "${entry}": write host or host:port, without a scheme`;
	}
	if (isIPv6(entry)) return { host: entry, port: fallback };
	const [, host = "", colon, digits = ""] = ENTRY.exec(entry) ?? [];
	if (host === "") {
		const hint =
			entry.includes("::") || entry.split(":").length > 2
				? "an IPv6 address with a port is written as [::1]:1883"
				: "write host or host:port";
		return `contains "${entry}": ${hint}`;
	}
	const port = colon === undefined ? fallback : portOf(digits);
	if (port === undefined) return `contains "${entry}": a port is an integer from 1 to 65535`;
	const bare = withoutBrackets(host);
	const isHost = bare !== host || (NUMBERS.test(host) ? isIP(host) === 4 : NAME.test(host));
	if (!isHost) return `contains "${entry}": "${host}" is not a host name or IP address`;
	return { host: bare, port };
}

function portOf(digits: string): number | undefined {
	const port = /^\d{1,5}$/.test(digits) ? Number(digits) : 0;
	return port >= 1 && port <= 65535 ? port : undefined;
}
