import type { ChangeOf, Join, Link, ProjectDocument } from "../../contract/mod.ts";
import { joinOf, linkOf } from "./lookup.ts";
import { badRequest } from "./refusal.ts";

type SetLinkParam = ChangeOf<"set_link_param">;

/** Changes parameters of many links; one document for each would cost the square of their number. */
export class LinkParams {
	readonly #before: ProjectDocument;
	/** Links of the joins that were named, as they are now. */
	readonly #joins = new Map<number, { readonly join: Join; readonly links: Map<number, Link> }>();

	constructor(before: ProjectDocument) {
		this.#before = before;
	}

	/** @returns What takes the change back. @throws Refusal and nothing is changed. */
	set({ kind, na_id, dfo_id, param_i, ...values }: SetLinkParam): SetLinkParam {
		const { join, links } = this.#join(na_id);
		const link = links.get(dfo_id) ?? linkOf(join, dfo_id);
		const before = link.params[param_i];
		if (before === undefined) {
			return badRequest(
				`Device Feature Object id ${dfo_id} has no parameter ${param_i}`,
				"param_i",
			);
		}
		const given = Object.fromEntries(
			Object.entries(values).filter(([, value]) => value !== undefined),
		);
		const params = link.params.map((one, i) => (i === param_i ? { ...before, ...given } : one));
		links.set(dfo_id, { ...link, params });
		return { kind, na_id, dfo_id, param_i, ...before };
	}

	/** The document after all of them. */
	get document(): ProjectDocument {
		const joins = this.#before.joins.map((join) => {
			const links = this.#joins.get(join.na_id)?.links;
			return links === undefined ? join : { ...join, links: [...links.values()] };
		});
		return { ...this.#before, joins };
	}

	#join(naId: number) {
		const known = this.#joins.get(naId);
		if (known !== undefined) return known;
		const join = joinOf(this.#before, naId);
		const links = new Map(join.links.map((link) => [link.dfo_id, link]));
		const read = { join, links };
		this.#joins.set(naId, read);
		return read;
	}
}
