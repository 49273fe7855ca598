/**
 * What limits for each address count together: an IPv4 address, or the 64 bits of an IPv6 address that a
 * network is given as a whole.
 * @param address As the system writes it, such as `192.168.1.7`, `::ffff:192.168.1.7` or `fe80::1%eth0`.
 */
export function groupOf(address: string): string {
	const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
	if (mapped !== undefined) return mapped;
	if (!address.includes(":")) return address;
	const [head = "", tail] = address.split("%", 1)[0]?.split("::", 2) ?? [];
	const before = head === "" ? [] : head.split(":");
	const after = tail === undefined || tail === "" ? [] : tail.split(":");
	const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
	const parts = [...before, ...Array.from({ length: zeros }, () => "0"), ...after];
	return `${parts.slice(0, 4).join(":")}::/64`;
}
