import { expect, test } from "bun:test";
import { hostOfAddress, isLoopback, isOnlyHere, readHost } from "../../src/auth/host-name.ts";

const long = (letters: number) => Array.from({ length: letters }, () => "x").join("");

test.each([
	["localhost", "localhost", "localhost"],
	["LocalHost.:9992", "LocalHost.", "localhost"],
	["pi", "pi", "pi"],
	["my_pi.lan:80", "my_pi.lan", "my_pi.lan"],
	["pi:", "pi", "pi"],
	["192.168.1.7:9992", "192.168.1.7", "192.168.1.7"],
	["[::1]:9992", "::1", "::1"],
	["[0:0:0:0:0:0:0:1]", "0:0:0:0:0:0:0:1", "::1"],
	["[FE80::1%eth0]:9992", "FE80::1%eth0", "fe80::1"],
	["[fe80::1%25eth0]", "fe80::1%eth0", "fe80::1"],
	["[::ffff:127.0.0.1]", "::ffff:127.0.0.1", "127.0.0.1"],
	["[::ffff:7f00:1]", "::ffff:7f00:1", "127.0.0.1"],
])("%p is the host %p, compared as %p", (text, name, key) => {
	expect(readHost(text)).toMatchObject({ name, key });
});

test.each(["192.168.1", "0x7f.1", "2130706433", "127.1", "0177.0.0.1", "999.1.1.1"])(
	"%p is a name and stays what it is, although browsers would make an address of it",
	(text) => expect(readHost(text)).toMatchObject({ name: text, isAddress: false }),
);

test.each([
	...["", ":9992", "a b", "a\tb", "gätewäy", "a/b", "a@b", "a,b", "a..b", ".", "a%41", "a?b", "*"],
	...["[::1", "::1", "[::1]x", "[::g]", "[127.0.0.1]", "[]", "[fe80::1%]", "[fe80::1%a b]"],
	...["a:b", "a:b:c", "a:-1", "a:65536", "a:123456", "http://a", long(64), `${long(300)}`],
])("%p is not a host", (text) => expect(readHost(text)).toBeUndefined());

test("a name may have 253 letters", () => {
	const name = Array.from({ length: 4 }, () => long(62)).join(".");
	expect(readHost(name)).toBeDefined();
	expect(readHost(`${name}.x`)).toBeDefined();
	expect(readHost(`${name}.xx`)).toBeUndefined();
});

test.each([
	["127.0.0.1", "127.0.0.1"],
	["::ffff:192.168.1.7", "192.168.1.7"],
	["fe80::1%eth0", "fe80::1%eth0"],
])("the system's %p is told as %p", (address, name) =>
	expect(hostOfAddress(address)?.name).toBe(name),
);

test("without an address there is no host", () => expect(hostOfAddress("")).toBeUndefined());

test.each([
	...["localhost", "LOCALHOST.", "app.localhost", "ip6-localhost", "localhost.localdomain"],
	...["127.0.0.1", "127.9.9.9", "[::1]", "[::ffff:127.0.0.1]", "[0:0:0:0:0:0:0:1]"],
])("%p is this machine only", (text) => {
	const host = readHost(text);
	expect(host !== undefined && isLoopback(host)).toBe(true);
	expect(isOnlyHere(text)).toBe(true);
});

test.each(["::1", "::ffff:127.0.0.1"])("%p is so without brackets, too", (text) => {
	expect(isOnlyHere(text)).toBe(true);
});

test.each([
	...["localhost.evil.example", "evil-localhost", "127.0.0.1.evil.example", "localhost.lan"],
	...["128.0.0.1", "0.0.0.0", "[::]", "[::2]", "127.1"],
])("%p is not", (text) => {
	const host = readHost(text);
	expect(host !== undefined && isLoopback(host)).toBe(false);
	expect(isOnlyHere(text)).toBe(false);
});
