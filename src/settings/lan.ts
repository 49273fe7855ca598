import { networkInterfaces } from "node:os";

/** IPv4 addresses under which others in the network may reach this machine. */
export function lanAddresses(): string[] {
	return Object.values(networkInterfaces())
		.flatMap((addresses) => addresses ?? [])
		.filter((address) => !address.internal && address.family === "IPv4")
		.map((address) => address.address);
}
