import { isIPv4, isIPv6 } from "node:net";

/** The host of a URL or a `Host` header. */
export interface HostName {
	/** As it was written, without brackets and port: what is advertised to devices is the name they used themselves. */
	readonly name: string;
	/** For comparisons: lowercase, no final dot, addresses in their shortest form, no zone. */
	readonly key: string;
	readonly isAddress: boolean;
}

const HOST_AND_PORT = /^(\[[^\]]*\]|[^:[\]]*)(?::(\d{0,5}))?$/;
/** `%25` is how URLs write the `%` before a zone (`RFC 6874`). */
const ADDRESS_AND_ZONE = /^([0-9a-f:.]+)(?:%(?:25)?([A-Za-z0-9._~-]{1,32}))?$/i;
const LABEL = /^[A-Za-z0-9_-]{1,63}$/;
const LONGEST_NAME = 253;
const LARGEST_PORT = 65_535;

/**
 * Reads the value of a `Host` header (RFC 9110, section 7.2). Nothing is rewritten: `192.168.1` is a name, as it is for a
 * resolver, although browsers would take it for `192.168.0.1`.
 * @returns undefined for what is not a host with an optional port.
 */
export function readHost(text: string): HostName | undefined {
	const [, host = "", port = ""] = HOST_AND_PORT.exec(text) ?? [];
	if (Number(port) > LARGEST_PORT) return undefined;
	if (host.startsWith("[")) return readIpv6(host.slice(1, -1));
	if (isIPv4(host)) return { name: host, key: host, isAddress: true };
	const bare = host.endsWith(".") ? host.slice(0, -1) : host;
	const isName = bare.length <= LONGEST_NAME && bare.split(".").every((label) => LABEL.test(label));
	return isName ? { name: host, key: bare.toLowerCase(), isAddress: false } : undefined;
}

/** The host of an address as the system writes it, such as `::ffff:192.168.1.7` or `fe80::1%eth0`. */
export function hostOfAddress(address: string): HostName | undefined {
	if (isIPv4(address)) return readHost(address);
	const host = readIpv6(address);
	// IPv4 is advertised to a device that connected over IPv4.
	return host !== undefined && isIPv4(host.key) ? { ...host, name: host.key } : host;
}

/** Whether only this machine has a name or address (RFC 6761, section 6.3; Debian's and Fedora's `/etc/hosts`). */
export function isLoopback({ key, isAddress }: HostName): boolean {
	if (isAddress) return key === "::1" || (isIPv4(key) && key.startsWith("127."));
	return LOOPBACK_NAMES.has(key) || key.endsWith(".localhost");
}

/** The same for a host as URLs, people and systems write it. */
export function isOnlyHere(host: string): boolean {
	const read = readHost(host) ?? hostOfAddress(host);
	return read !== undefined && isLoopback(read);
}

const LOOPBACK_NAMES = new Set([
	"localhost",
	"localhost.localdomain",
	"ip6-localhost",
	"ip6-loopback",
]);

function readIpv6(text: string): HostName | undefined {
	const [, address = "", zone] = ADDRESS_AND_ZONE.exec(text) ?? [];
	if (!isIPv6(address)) return undefined;
	const name = zone === undefined ? address : `${address}%${zone}`;
	return { name, key: shortest(address), isAddress: true };
}

/** IPv4 addresses inside IPv6 (`::ffff:127.0.0.1`) are the IPv4 address. */
function shortest(address: string): string {
	const short = new URL(`http://[${address}]/`).hostname.slice(1, -1);
	const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(short) ?? [];
	if (high === undefined || low === undefined) return short;
	const bits = [high, low].map((part) => Number.parseInt(part, 16));
	return bits.flatMap((part) => [part >> 8, part & 0xff]).join(".");
}
