import { beforeEach, describe, expect, test } from "bun:test";
import type { PresenceView } from "../../../../src/contract/mod.ts";
import { seatStates } from "../../../../src/web/editor/crowd/seat-states.ts";
import { block, join, port, project } from "../lanes/graphs.ts";
import { OpenProjectOfTest } from "../lanes/open-project.ts";

const bindings = [1, 3, 4].map((seat) => ({ seat, mac_addr: `m${seat}` }));
const phones = block(1, [port(11, "input")], { seats: 6, bindings });
const document = project([phones, block(2, [port(21, "output")])], [join(5, [11, 21])]);

describe("the seats of a crowd", () => {
	let open: OpenProjectOfTest;
	const is = (mac_addr: string, status: PresenceView["status"]) => {
		open.presenceOf(mac_addr).value = { mac_addr, d_name: "", status };
	};
	const states = () => seatStates(open, phones).join(" ");
	beforeEach(() => {
		open = new OpenProjectOfTest(document);
		is("m1", "online");
		is("m3", "offline");
		is("m4", "online");
	});

	test("are empty, have a device that is away, or one that is online", () => {
		expect(states()).toBe("empty online empty away online empty");
		open.contact.value = { state: "lost", since: 0 };
		expect(states()).toBe("empty away empty away away empty");
	});

	test("fail where a link, a join function or a message of theirs does", () => {
		open.linkOf(5, 11).value = { state: "failed", reason: "no", seats: [1] };
		expect(states()).toBe("empty failing empty away online empty");
		open.linkOf(5, 11).value = { state: "applying", seats: [1] };
		expect(states()).toBe("empty online empty away online empty");
		open.joinOf(5).value = { state: "failed", reason: "no", seats: [3] };
		open.fail(5, 21, "odf", "no", [4]);
		expect(states()).toBe("empty online empty failing failing empty");
		// For all of them it is told at the join alone.
		open.joinOf(5).value = { state: "failed", reason: "no" };
		expect(states()).toBe("empty online empty away failing empty");
	});

	test("fail not while the project is off, and not for other joins", () => {
		open.fail(6, 99, "odf", "no", [1]);
		open.fail(5, 11, "idf", "no", [4]);
		open.document.value = { ...document, status: "off" };
		expect(states()).toBe("empty online empty away online empty");
	});
});
