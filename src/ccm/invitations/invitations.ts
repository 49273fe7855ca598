import { randomBytes, randomInt, randomUUID } from "node:crypto";
import type { DeviceEvent } from "../../csm-client/mod.ts";
import { type Cancel, type Clock, type Logger, messageOf } from "../../kit/mod.ts";
import type { ProjectNews } from "../service/operation.ts";
import { CodeThrottle } from "./code-throttle.ts";
import { codeHasher, drawCode } from "./codes.ts";
import type { InvitationService } from "./invitation-service.ts";
import { Joining } from "./joining.ts";
import { Members } from "./members.ts";
import { RunningClock } from "./running-clock.ts";
import { SeatKeeper } from "./seat-keeper.ts";
import type { Hearing } from "./telling-work.ts";
import type { WebDevices } from "./web-devices.ts";

export interface InvitationsDeps extends Hearing {
	/** Undefined: CSM is another process. */
	readonly webDevices: () => WebDevices | undefined;
	/** Of this server, the same after a restart: codes are hashed with it. */
	readonly secret: string;
	readonly clock: Clock;
	readonly log: Logger;
}

/** Wrong codes are told of so often. */
const WRONG_PAUSE_MS = 1000;
/** 128 random bits. */
const PAGE_BYTES = 16;

/** Inviting phones to blocks: codes, seats, and what ends them. */
export class Invitations {
	readonly #deps: InvitationsDeps;
	readonly #running: RunningClock;
	readonly #keeper: SeatKeeper;
	readonly joining: Joining;
	readonly members: Members;
	readonly service: InvitationService;
	#wrong = 0;
	/** How many there were when the code of a block was drawn. */
	readonly #wrongBefore = new Map<number, number>();
	#cancelTelling: Cancel | undefined;

	constructor(deps: InvitationsDeps) {
		const { store, webDevices, secret, clock, log } = deps;
		const running = new RunningClock(clock);
		const hashOf = codeHasher(secret);
		this.#deps = deps;
		this.#running = running;
		this.#keeper = new SeatKeeper({ ...deps, running });
		this.members = new Members(store, webDevices);
		this.joining = new Joining({
			...{ ...deps, running, hashOf, log },
			throttle: new CodeThrottle(() => clock.now()),
			newId: () => randomUUID(),
			onWrong: () => this.#onWrong(),
		});
		this.service = {
			get isPossible() {
				return webDevices() !== undefined;
			},
			now: () => running.now(),
			draw: (doId) => {
				this.#wrongBefore.set(doId, this.#wrong);
				const code = drawCode(randomInt);
				return { code, code_hash: hashOf(code) };
			},
			wrongSince: (doId) => this.#wrong - (this.#wrongBefore.get(doId) ?? 0),
		};
	}

	/** For the cookie of a page that joins. */
	readonly newPage = (): string => randomBytes(PAGE_BYTES).toString("base64url");

	/** Goes on with what is kept. @throws when that cannot be read. */
	start(): Promise<void> {
		return this.#keeper.start();
	}

	/** To be called when the broker is up. */
	opened(): void {
		this.#keeper.opened();
	}

	/** To be called when a project was changed or deleted. */
	changed(pId: number): void {
		this.#keeper.changed(pId);
	}

	/** To be called with what CSM tells of devices. */
	told(event: DeviceEvent): void {
		this.#keeper.told(event);
	}

	/** To be called with what operations tell, its own news as well. */
	take(news: ProjectNews): void {
		this.#keeper.take(news);
	}

	/** Resolves when nothing is in progress. */
	idle(): Promise<void> {
		return this.#keeper.idle();
	}

	stop(): Promise<void> {
		this.#cancelTelling?.();
		return this.#keeper.stop();
	}

	#onWrong(): void {
		this.#wrong += 1;
		this.#cancelTelling ??= this.#deps.clock.after(WRONG_PAUSE_MS, () => {
			this.#cancelTelling = undefined;
			void this.#tellWrong();
		});
	}

	/** A page that shows a code shows that others guess. */
	async #tellWrong(): Promise<void> {
		const { store, onNews, log } = this.#deps;
		try {
			const all = await store.read(({ invitations }) => invitations.list());
			for (const { p_id, do_id, ends_at } of all) {
				if (ends_at > this.#running.now()) onNews({ kind: "invitation", p_id, do_id });
			}
		} catch (error) {
			log.warn("cannot look up whom to notify of wrong codes", { reason: messageOf(error) });
		}
	}
}
