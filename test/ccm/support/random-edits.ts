// A project that two people edit at random.

import type { UserFunction } from "../../../src/ccm/functions/built-function.ts";
import type { Block, Join, Link, Port, ProjectDocument } from "../../../src/contract/mod.ts";
import { block, join, link, port, project, uuid } from "./documents.ts";
import type { Random } from "./random.ts";

const BLOCKS = 6;
const DEVICES = 5;
const FUNCTIONS = 5;
const JOINS = 5;

/** Documents and functions that change bit by bit; nothing is changed in place. */
export class EditedProject {
	document: ProjectDocument;
	readonly functions = new Map<number, UserFunction>();
	readonly #random: Random;
	#edition = 0;

	constructor(random: Random, pId = 1) {
		this.#random = random;
		for (let id = 1; id <= FUNCTIONS; id++) this.#writeFunction(id);
		const blocks = Array.from({ length: BLOCKS }, (_, index) => {
			const id = pId * 100 + index;
			return block(id, null, [
				port({ dfo_id: id * 10, df_name: "A-I", param_no: 2 }),
				port({ dfo_id: id * 10 + 1, df_name: "B-I", tag_param_no: 1 }),
				port({ dfo_id: id * 10 + 2, df_name: "C-O", param_no: 2 }),
			]);
		});
		this.document = project(blocks, [], { p_id: pId });
	}

	/** One change of any kind. */
	edit(): void {
		const random = this.#random;
		const kind = random.below(100);
		if (kind < 15) this.#rebind();
		else if (kind < 17) this.#resizeCrowd();
		else if (kind < 20) this.#changeRule();
		else if (kind < 35) this.#addJoin();
		else if (kind < 40)
			this.#mapJoins((joins) => joins.filter((one) => one !== random.pick(joins)));
		else if (kind < 55) this.#changeLinks((links) => this.#withOneMore(links));
		else if (kind < 65)
			this.#changeLinks((links) => links.filter((one) => one !== random.pick(links)));
		else if (kind < 73) this.#changeLinks((links) => random.shuffled(links));
		else if (kind < 83) this.#changeLinks((links) => links.map((one) => this.#changedLink(one)));
		else if (kind < 91) this.#changeJoin((one) => ({ ...one, fn_id: this.#anyFunction() }));
		else if (kind < 95) this.#writeFunction(1 + random.below(FUNCTIONS));
		else if (kind < 98) this.#switchOver();
		else this.#resizePort();
	}

	#set(changes: Partial<ProjectDocument>): void {
		this.document = { ...this.document, rev: this.document.rev + 1, ...changes };
	}

	#rebind(): void {
		const { blocks } = this.document;
		const chosen = this.#random.pick(blocks);
		const device = this.#random.chance(25) ? undefined : uuid(this.#random.below(DEVICES));
		const seat = this.#random.below(chosen?.seats ?? 1);
		const others = (chosen?.bindings ?? []).filter(
			(one) => one.seat !== seat && one.mac_addr !== device,
		);
		const bindings = device === undefined ? others : [...others, { seat, mac_addr: device }];
		bindings.sort((a, b) => a.seat - b.seat);
		this.#set({ blocks: blocks.map((one) => (one === chosen ? { ...one, bindings } : one)) });
	}

	#resizeCrowd(): void {
		const { blocks } = this.document;
		const chosen = this.#random.pick(blocks);
		const seats = this.#random.chance(50) ? null : 1 + this.#random.below(4);
		const resized = (one: Block): Block => {
			const bindings = one.bindings.filter(({ seat }) => seat < (seats ?? 1));
			return one === chosen ? { ...one, seats, bindings } : one;
		};
		this.#set({ blocks: blocks.map(resized) });
	}

	#changeRule(): void {
		this.#changeJoin((one) => ({ ...one, crowd: one.crowd === "each" ? "together" : "each" }));
	}

	#addJoin(): void {
		const { joins, p_id } = this.document;
		if (joins.length >= JOINS) return;
		this.#edition += 1;
		const ports = this.#ports();
		const [input, output] = ["input", "output"].map((type) =>
			this.#random.pick(ports.filter(({ df_type }) => df_type === type)),
		);
		if (input === undefined || output === undefined) return;
		const links = [this.#freshLink(input), this.#freshLink(output)];
		const id = p_id * 1000 + this.#edition;
		this.#set({ joins: [...joins, join(id, links, this.#anyFunction())] });
	}

	#mapJoins(change: (joins: readonly Join[]) => Join[]): void {
		this.#set({ joins: change(this.document.joins) });
	}

	#changeJoin(change: (one: Join) => Join): void {
		const chosen = this.#random.pick(this.document.joins);
		this.#mapJoins((joins) => joins.map((one) => (one === chosen ? change(one) : one)));
	}

	#changeLinks(change: (links: readonly Link[]) => readonly Link[]): void {
		this.#changeJoin((one) => ({ ...one, links: [...change(one.links)] }));
	}

	#withOneMore(links: readonly Link[]): readonly Link[] {
		const free = this.#ports().filter((one) => links.every(({ dfo_id }) => dfo_id !== one.dfo_id));
		const chosen = this.#random.pick(free);
		return chosen === undefined ? links : [...links, this.#freshLink(chosen)];
	}

	#freshLink({ dfo_id, param_no }: Port): Link {
		return link(dfo_id, ...Array.from({ length: param_no }, () => this.#anyFunction()));
	}

	#changedLink(one: Link): Link {
		const random = this.#random;
		const params = one.params.map((param) => ({
			...param,
			fn_id: random.chance(40) ? this.#anyFunction() : param.fn_id,
			idf_type: random.chance(20) ? ("variant" as const) : param.idf_type,
			normalization: random.chance(20),
			max: random.below(3),
		}));
		return { ...one, params };
	}

	#switchOver(): void {
		this.#set({ status: this.document.status === "on" ? "off" : "on" });
	}

	#resizePort(): void {
		const chosen = this.#random.pick(this.#ports());
		const resized = (one: Port) => (one === chosen ? { ...one, param_no: 3 - one.param_no } : one);
		const blocks = this.document.blocks.map((one) => ({ ...one, ports: one.ports.map(resized) }));
		this.#set({ blocks });
	}

	#anyFunction(): number | null {
		return this.#random.chance(50) ? null : 1 + this.#random.below(FUNCTIONS);
	}

	#writeFunction(id: number): void {
		const code = `def run(*args):\n    return args[0] + ${this.#random.below(1000)}\n`;
		this.functions.set(id, { fn_id: id, fn_name: `f${id}`, code });
	}

	#ports(): Port[] {
		return this.document.blocks.flatMap(({ ports }) => ports);
	}
}
