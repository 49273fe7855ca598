import type { MemberEnd, MemberInfo } from "../../contract/mod.ts";
import type { CcmStore } from "../store/port.ts";
import { memberInfo } from "./member-info.ts";
import type { WebDevices } from "./web-devices.ts";

/** What a caller is to a phone's seat. */
export type Member =
	| { readonly kind: "member"; readonly info: Omit<MemberInfo, "https"> }
	| { readonly kind: "former"; readonly why: MemberEnd }
	| { readonly kind: "stranger" };

/** What phones on seats are told of themselves. */
export class Members {
	readonly #store: CcmStore;
	readonly #webDevices: () => WebDevices | undefined;

	constructor(store: CcmStore, webDevices: () => WebDevices | undefined) {
		this.#store = store;
		this.#webDevices = webDevices;
	}

	/**
	 * Who has the device. That a seat is gone is told without the password, which is gone as well: no one else knows the id.
	 * @param password As the cookie shows it.
	 */
	async find(da_id: string, password: string | undefined): Promise<Member> {
		const found = await this.#store.read(async (tables): Promise<Member> => {
			const [seat] = await tables.seats.list({ da_id });
			if (seat === undefined) {
				const [former] = await tables.formerSeats.list({ da_id });
				return former === undefined ? { kind: "stranger" } : { kind: "former", why: former.why };
			}
			const project = await tables.projects.get(seat.p_id);
			const block = project?.blocks.find(({ do_id }) => do_id === seat.do_id);
			if (project === undefined || block === undefined) return { kind: "former", why: "removed" };
			return { kind: "member", info: await memberInfo(tables, project, block, seat) };
		});
		if (found.kind !== "member" || password === undefined) {
			return found.kind === "former" ? found : { kind: "stranger" };
		}
		const isOwn = await this.#webDevices()?.isPassword(da_id, password);
		return isOwn === true ? found : { kind: "stranger" };
	}
}
