// Forty phones and a lamp at a real CSM.
import { randomUUID } from "node:crypto";
import type { UserFunction } from "../../../src/ccm/functions/built-function.ts";
import { desiredGraphs } from "../../../src/ccm/plan/desired.ts";
import type { Block, Join } from "../../../src/contract/mod.ts";
import { body, call } from "../../support/gateway.ts";
import { TestClient } from "../../support/mqtt.ts";
import type { Target } from "../../support/target.ts";
import { block, crowd, join, link, port, project } from "./documents.ts";

export const PHONES = 40;
export const DIM = "def run(r, g, b):\n    return [r // 2, g // 2, b // 2]\n";
/** Joins that pass lists on: one list, of three values. */
const FIRST = "def run(*args):\n    return args[0][0]\n";
const AVERAGE = `def run(*phones):
    known = [phone for phone in phones if phone is not None]
    return [sum(values) // len(values) for values in zip(*known)]
`;

const color = (dfo_id: number, df_name: string) => port({ dfo_id, df_name, param_no: 3 });
const none = [null, null, null];

export function source(fn_id: number, fn_name: string, code: string): UserFunction {
	return { fn_id, fn_name, code };
}

/** Forty phones and a lamp, online at a CSM, with what they hear. */
export class Classroom {
	readonly topics = new Map<string, string>();
	readonly lampValues: string[] = [];
	connects = 0;
	disconnects = 0;

	private constructor(
		readonly ids: readonly string[],
		readonly client: TestClient,
	) {
		client.raw.on("message", (topic, payload) => {
			const [id = "", channel] = topic.split("/");
			if (channel !== "ctrl") {
				this.lampValues.push(payload.toString());
				return;
			}
			const signal = JSON.parse(payload.toString());
			if (signal.command === "DISCONNECT") this.disconnects += 1;
			else {
				this.connects += 1;
				this.topics.set(id, signal.topic);
				if (signal.odf !== undefined) void client.subscribe(signal.topic);
			}
			const answer = { msg_id: signal.msg_id, state: "ok" };
			void client.publish(`${id}/ctrl/i`, answer);
		});
	}

	static async open(target: Pick<Target, "http" | "mqtt">): Promise<Classroom> {
		const ids = Array.from({ length: PHONES + 1 }, () => randomUUID());
		const room = new Classroom(ids, await TestClient.connect(target.mqtt));
		for (const [index, id] of ids.entries()) {
			const isLamp = index === PHONES;
			const features = [[isLamp ? "Color-O" : "Color-I1", ["r", "g", "b"]]];
			const lists = isLamp
				? { odf_list: features, idf_list: null }
				: { idf_list: features, odf_list: null };
			const profile = { model: isLamp ? "Bulb" : "Remote_control" };
			const about = { name: `d${index}`, profile, ...lists };
			const { json } = await call(target, "PUT", `/${id}`, body(about));
			await room.client.subscribe(`${id}/ctrl/o`);
			const online = { state: "online", rev: json.rev };
			await room.client.publish(`${id}/ctrl/i`, online, { retain: true });
		}
		return room;
	}

	/** The phones' blocks, with ports 1, 2, 3 …, and the lamp's, with port 100. */
	get blocks(): Block[] {
		return this.ids.map((id, index) => {
			const isLamp = index === PHONES;
			const ports = [isLamp ? color(100, "Color-O") : color(index + 1, "Color-I1")];
			const bindings = [{ seat: 0, mac_addr: id }];
			return { ...block(isLamp ? 100 : index + 1, null, ports), bindings };
		});
	}

	/** Each phone has a join with the lamp, with a function on its side. */
	each(code: string, naId = 1) {
		const joins = this.blocks
			.slice(0, PHONES)
			.map((_, index) => join(naId + index, [link(index + 1, 1, null, null), link(100, 2, 3, 4)]));
		return this.#graphs(joins, code);
	}

	/**
	 * The phones are one block, which has one join with the lamp.
	 * @param seats The phones that are there.
	 */
	crowd(rule: Join["crowd"], naId: number, seats: readonly number[] = [...Array(PHONES).keys()]) {
		const member = (seat: number) => ({ seat, mac_addr: this.ids[seat] ?? "" });
		const phones = { ...crowd(1, {}, [color(1, "Color-I1")]), bindings: seats.map(member) };
		const lamp = this.blocks.filter(({ do_id }) => do_id === 100);
		const one = { ...join(naId, [link(1, ...none), link(100, ...none)], 5), crowd: rule };
		const average = source(5, "average", AVERAGE);
		return desiredGraphs(project([phones, ...lamp], [one]), () => average);
	}

	/** All phones have one join with the lamp. */
	together(naId: number) {
		const inputs = this.blocks.slice(0, PHONES).map((_, index) => link(index + 1, ...none));
		return this.#graphs([join(naId, [...inputs, link(100, 2, 3, 4)], 5)], AVERAGE);
	}

	#graphs(joins: ReturnType<typeof join>[], code: string) {
		const pick = (n: number) => FIRST.replace("[0][0]", `[0][${n}]`);
		const all = [
			source(1, "dim", code),
			source(2, "x11", pick(0)),
			source(3, "x12", pick(1)),
			source(4, "x13", pick(2)),
			source(5, "average", code),
		];
		return desiredGraphs(project(this.blocks, joins), (id) =>
			all.find(({ fn_id }) => fn_id === id),
		);
	}
}
