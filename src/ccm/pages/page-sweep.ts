import type { Cancel } from "../../kit/mod.ts";
import { messageOf } from "../../kit/mod.ts";
import { Refusal } from "../projects/refusal.ts";
import { projectWith } from "../service/access.ts";
import { type AttachedPage, personOf } from "./attached-page.ts";
import type { PageApiDeps } from "./page-ports.ts";

const PERIOD_MS = 2000;

export interface Swept {
	readonly pages: () => Iterable<AttachedPage>;
	/** No one is logged in at the page any more. */
	readonly loggedOut: (page: AttachedPage) => void;
	/** Its person may not look at the project of a join any more, or there is none. */
	readonly lostJoin: (page: AttachedPage, naId: number) => void;
}

/** Looks every other second whether pages still may see what they are shown: sessions end, and rights are taken. */
export class PageSweep {
	readonly #deps: Pick<PageApiDeps, "store" | "logins" | "clock" | "log">;
	readonly #swept: Swept;
	#cancel: Cancel = () => {};
	#isStopped = false;

	constructor(deps: Pick<PageApiDeps, "store" | "logins" | "clock" | "log">, swept: Swept) {
		this.#deps = deps;
		this.#swept = swept;
	}

	start(): void {
		if (this.#isStopped) return;
		this.#cancel = this.#deps.clock.after(PERIOD_MS, () => {
			this.#look().then(
				() => this.start(),
				(error: unknown) => {
					const reason = messageOf(error);
					this.#deps.log.error("cannot check what pages may see", { reason });
					this.start();
				},
			);
		});
	}

	stop(): void {
		this.#isStopped = true;
		this.#cancel();
	}

	async #look(): Promise<void> {
		const { pages, loggedOut, lostJoin } = this.#swept;
		const known = [...pages()].filter(({ login }) => login !== undefined);
		if (known.length === 0) return;
		await this.#deps.logins.refresh();
		for (const page of known) {
			if (personOf(page) === null) loggedOut(page);
			else {
				for (const naId of [...page.monitors.keys()]) {
					if (!(await this.#maySee(page, naId))) lostJoin(page, naId);
				}
			}
		}
	}

	#maySee(page: AttachedPage, naId: number): Promise<boolean> {
		const person = personOf(page);
		if (person === null) return Promise.resolve(false);
		const part = { kind: "na", id: naId } as const;
		return this.#deps.store.read(async (tables) => {
			try {
				await projectWith({ person, tables }, part, "look", "");
				return true;
			} catch (error) {
				if (error instanceof Refusal) return false;
				throw error;
			}
		});
	}
}
