import { isIP } from "node:net";

/** A network: an address, and how many of its first bits count. */
export interface Network {
	readonly address: string;
	readonly bits: number;
	readonly family: "ipv4" | "ipv6";
}

const MAX_NETWORKS = 32;

/**
 * Reads a list of networks, written `address/bits` or as one address, with commas or blanks between.
 * @returns what is wrong with the first bad entry, in words.
 */
export function readNetworks(text: string): Network[] | string {
	const entries = text.split(/[\s,]+/).filter((entry) => entry !== "");
	if (entries.length > MAX_NETWORKS) {
		return `has ${entries.length} entries; at most ${MAX_NETWORKS} are accepted`;
	}
	const networks: Network[] = [];
	for (const entry of entries) {
		const network = readNetwork(entry);
		if (network === undefined) {
			return `contains "${entry}": write a network such as 192.168.7.0/24 or fd00::/8`;
		}
		networks.push(network);
	}
	return networks;
}

function readNetwork(entry: string): Network | undefined {
	const [, address = "", digits] = /^([0-9A-Fa-f.:]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
	const version = isIP(address);
	if (version === 0) return undefined;
	const all = version === 4 ? 32 : 128;
	const bits = digits === undefined ? all : Number(digits);
	return bits > all ? undefined : { address, bits, family: version === 4 ? "ipv4" : "ipv6" };
}
