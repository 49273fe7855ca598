// Invitations with everything in memory, and a clock that tests move.
import { Invitations } from "../../../src/ccm/invitations/invitations.ts";
import type { Joined, Place } from "../../../src/ccm/invitations/joining.ts";
import type { ProjectNews } from "../../../src/ccm/service/operation.ts";
import type { Block, ProjectDocument } from "../../../src/contract/mod.ts";
import { quietLog } from "../../support/log.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { Office, TEACHER } from "./office.ts";
import { RegisteredDevices } from "./web-devices.ts";
import { furnish } from "./workshop.ts";

export class Lesson {
	readonly devices = new RegisteredDevices();
	/** What was told, in order. */
	readonly news: ProjectNews[] = [];
	clock = new ManualClock();
	invitations: Invitations;

	private constructor(
		readonly office: Office,
		readonly p_id: number,
		readonly do_id: number,
	) {
		this.invitations = this.#build();
		office.onNews = (one) => this.#hear(one);
		office.onChanged = (pId) => this.invitations.changed(pId);
	}

	/** A project of Ann's with a block no device is bound to. */
	static async open(): Promise<Lesson> {
		const office = await Office.open(false);
		const { p, fooObject } = await furnish(office);
		const lesson = new Lesson(office, p, fooObject);
		await lesson.invitations.start();
		lesson.invitations.opened();
		return lesson;
	}

	/** Ends and starts again; the clock of the machine starts over. */
	async restart(isClean = true): Promise<void> {
		if (isClean) await this.invitations.stop();
		this.clock = new ManualClock();
		this.invitations = this.#build();
		await this.invitations.start();
		this.invitations.opened();
		await this.settled();
	}

	async settled(): Promise<void> {
		for (let n = 0; n < 5; n++) await this.invitations.idle();
	}

	/** Lets time go by, and what is due be done. */
	async pass(ms: number): Promise<void> {
		this.clock.move(ms);
		await this.settled();
	}

	/** Makes an invitation as Ann. @returns its code. */
	async invite(input: object = {}): Promise<string> {
		const made = await this.call("make_invitation", input);
		return String((made as { code: string }).code);
	}

	call(operation: string, input: object = {}): Promise<unknown> {
		const { p_id, do_id } = this;
		return this.office.service.call(operation, TEACHER, { p_id, do_id, ...input });
	}

	/** Changes the project as Ann. */
	async change(...changes: object[]): Promise<void> {
		const { rev: base_rev } = await this.document();
		const { p_id } = this;
		await this.office.service.call("change_project", TEACHER, { p_id, base_rev, changes });
		await this.settled();
	}

	async place(code: string): Promise<Place> {
		const look = await this.invitations.joining.look(code, {
			page: undefined,
			address: "10.0.0.1",
		});
		if (look.kind !== "open") throw new Error(look.kind);
		return look.place;
	}

	/** Joins by code. @returns id of the phone's device. */
	async join(code: string, nickname = ""): Promise<string> {
		const joined = await this.tryToJoin(await this.place(code), nickname);
		if (joined.kind !== "joined") throw new Error(joined.kind);
		return joined.da_id;
	}

	tryToJoin(place: Place, nickname = ""): Promise<Joined> {
		return this.invitations.joining.join(place, nickname, undefined);
	}

	async document(): Promise<ProjectDocument> {
		const found = await this.office.store.read(({ projects }) => projects.get(this.p_id));
		if (found === undefined) throw new Error("the project is gone");
		return found;
	}

	async block(): Promise<Block> {
		const { blocks } = await this.document();
		const found = blocks.find(({ do_id }) => do_id === this.do_id);
		if (found === undefined) throw new Error("the block is gone");
		return found;
	}

	/** Everything that is kept of phones. */
	kept() {
		return this.office.store.read(async ({ seats, invitations, formerSeats }) => ({
			seats: await seats.list(),
			invitations: await invitations.list(),
			former: await formerSeats.list(),
		}));
	}

	#hear(one: ProjectNews): void {
		this.news.push(one);
		this.invitations.take(one);
	}

	#build(): Invitations {
		const { office, devices, clock } = this;
		const invitations = new Invitations({
			...{ store: office.store, clock, log: quietLog, secret: "key" },
			webDevices: () => devices,
			onChanged: (pId) => office.onChanged(pId),
			onNews: (news) => this.#hear(news),
		});
		office.invitations = invitations.service;
		devices.tell = (event) => invitations.told(event);
		return invitations;
	}
}
