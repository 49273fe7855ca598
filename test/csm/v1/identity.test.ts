import { expect, test } from "bun:test";
import { daIdOf, macOf } from "../../../src/csm/v1/identity.ts";

test("v1-http.md §7 a device's UUID follows from what it calls its MAC address, its case kept", () => {
	expect(daIdOf("C860008BD249")).toBe("f3d4308c-7e21-5b1c-b3f3-aaf20b44a528");
	expect(daIdOf("5ccf7f0012ab")).toBe("09019e3a-b691-512b-87b5-c76555b2f7a7");
	expect(daIdOf("IoTtalk_Control_Panel")).toBe("29118893-5222-59c0-8c8c-6cac9b492733");
	expect(daIdOf("c860008bd249")).not.toBe(daIdOf("C860008BD249"));
	const uuid = "f3d4308c-7e21-5b1c-b3f3-aaf20b44a528";
	expect(daIdOf(uuid)).not.toBe(uuid);
});

test("a registration is one of the older protocol by what is stored, and by its id", () => {
	const profile = { v1: true, mac_addr: "M" };
	expect(macOf({ id: daIdOf("M"), profile })).toBe("M");
	expect(macOf({ id: daIdOf("N"), profile })).toBeUndefined();
	expect(macOf({ id: daIdOf("M"), profile: { mac_addr: "M" } })).toBeUndefined();
});
