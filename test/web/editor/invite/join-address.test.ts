import { describe, expect, test } from "bun:test";
import {
	codeAddress,
	halves,
	joinAddresses,
	typedAddress,
} from "../../../../src/web/editor/invite/join-address.ts";

const reached = (...addresses: string[]) => ({ addresses, local_only: false });

describe("addresses for phones", () => {
	const address = "http://192.168.1.5:9992/join";

	test("begin with the server's own, and have one for each of its networks", () => {
		expect(joinAddresses(address, undefined)).toEqual([address]);
		expect(
			joinAddresses(address, reached("http://192.168.1.5:9992", "http://10.0.0.2:9992", "nothing")),
		).toEqual([address, "http://10.0.0.2:9992/join"]);
	});

	test("keep a proxy's scheme, port and prefix", () => {
		expect(
			joinAddresses("https://[fe80::1]:8443/iottalk/ccm/join", reached("http://10.0.0.2:9992")),
		).toEqual([
			"https://[fe80::1]:8443/iottalk/ccm/join",
			"https://10.0.0.2:8443/iottalk/ccm/join",
		]);
	});

	test.each(["localhost", "127.0.0.1", "[::1]"])(
		"leave out %s, which is the phone itself, when there is another",
		(host) => {
			const here = `http://${host}:9992/join`;
			const there = joinAddresses(here, reached(`http://${host}:9992`, "http://10.0.0.2:9992"));
			expect(there).toEqual(["http://10.0.0.2:9992/join"]);
			expect(joinAddresses(here, reached())).toEqual([here]);
		},
	);

	test("are typed without what browsers add themselves", () => {
		expect(typedAddress(address)).toBe("192.168.1.5:9992/join");
		expect(typedAddress("https://pi.local/join")).toBe("https://pi.local/join");
	});

	test("carry the code in the QR code", () => {
		expect(codeAddress(address, "KWQFTM")).toBe(`${address}/KWQFTM`);
		expect(codeAddress(`${address}/`, "KWQFTM")).toBe(`${address}/KWQFTM`);
	});
});

test("a code is shown in two halves", () => {
	expect(halves("KWQFTM")).toEqual(["KWQ", "FTM"]);
	expect(halves("KWQFT")).toEqual(["KWQ", "FT"]);
});
