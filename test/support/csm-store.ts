// The database with csm's tables in it, as a server opens it.
import { CsmStore } from "../../src/csm/store/csm-store.ts";
import { CSM_SCHEMA } from "../../src/csm/store/schema.ts";
import type { Logger } from "../../src/kit/log.ts";
import { Store } from "../../src/store/store.ts";
import { quietLog } from "./log.ts";

/** Opens `test.db`, or another file, of a directory. */
export function openCsmStore(
	userdir: string,
	{ url = "test.db", log = quietLog }: { url?: string; log?: Logger } = {},
): { store: Store; csm: CsmStore } {
	const store = new Store({ userdir, url }, log, [CSM_SCHEMA]);
	return { store, csm: new CsmStore(store) };
}

/** For rows that all should be readable. */
export const noBadRow = (row: string, error: unknown): never => {
	throw new Error(`${row}: ${error}`);
};

/** A device as it is stored. */
export const storedDevice = (id: string) => ({
	id,
	rev: "r",
	name: "n",
	acceptProtos: ["mqtt"],
	idfList: [["a", [null]]],
	odfList: null,
	profile: { model: "m" },
	registerTime: 1.5,
	awaySeconds: 0,
	isOnline: false,
	secretHash: null,
	origin: null,
	token: null,
});
