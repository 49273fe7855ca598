import type { ProjectDocument } from "../../../contract/mod.ts";

export type PartKind = "block" | "port" | "join";

/** Names of the parts of a project, also of those that are gone: the log tells of them. */
export class PartNames {
	readonly #names = new Map<string, string>();

	note({ blocks, joins }: ProjectDocument): void {
		for (const { do_id, dm_name, ports } of blocks) {
			this.#names.set(`block/${do_id}`, dm_name);
			for (const { dfo_id, alias_name } of ports) this.#names.set(`port/${dfo_id}`, alias_name);
		}
		for (const { na_id, na_name } of joins) this.#names.set(`join/${na_id}`, na_name);
	}

	of(kind: PartKind, id: number): string | undefined {
		return this.#names.get(`${kind}/${id}`);
	}
}
